"""Every answer has the members that Stripe's SDK declares as always present."""

from __future__ import annotations

import typing
from types import NoneType
from typing import TYPE_CHECKING, Any, ClassVar

import stripe

from support.payments import authorize, connected, customer_with_card, pay, plan

if TYPE_CHECKING:
    from stripe._v1_services import V1Services

    from stripe_local.testing import RunningStripe


def missing(value: Any, path: str) -> list[str]:
    """Members the SDK declares as present and that an object, or one inside it, lacks."""
    if isinstance(value, list):
        return [found for position, item in enumerate(value) for found in missing(item, f"{path}[{position}]")]
    if not isinstance(value, stripe.StripeObject):
        return []
    declared = {} if type(value) is stripe.StripeObject else getattr(type(value), "__annotations__", {})
    lacking = [
        f"{path}.{name}"
        for name, annotation in declared.items()
        if typing.get_origin(annotation) is not ClassVar
        and NoneType not in typing.get_args(annotation)
        and name not in value
    ]
    inner = [
        found for name, item in value.to_dict(recursive=False).items() for found in missing(item, f"{path}.{name}")
    ]
    return lacking + inner


async def test_answers_parse_as_the_sdks_objects(stripe_local: RunningStripe, api: V1Services) -> None:
    await stripe_local.control.settings(portal_saved=True)
    account = await connected(api)
    await stripe_local.control.onboard(account.id)
    customer = await customer_with_card(api)
    intent = await pay(api, "pm_card_createDispute")
    await authorize(api, customer=customer.id, setup_future_usage="off_session")
    other = await pay(api)
    charge = str(other.latest_charge)
    transfer = await api.transfers.create_async(
        {"amount": 500, "currency": "nzd", "destination": account.id, "source_transaction": charge}
    )
    await api.transfers.reversals.create_async(transfer.id, {"amount": 100})
    await pay(api, transfer_data={"destination": account.id}, application_fee_amount=100)
    (fee,) = (await api.application_fees.list_async()).data
    await api.application_fees.refunds.create_async(fee.id, {"amount": 40})
    await api.refunds.create_async({"payment_intent": other.id, "amount": 100})
    price = await plan(api)
    subscription = await api.subscriptions.create_async({"customer": customer.id, "items": [{"price": price.id}]})
    await api.setup_intents.create_async({"customer": customer.id})
    session = await api.checkout.sessions.create_async({
        "mode": "subscription", "line_items": [{"price": price.id, "quantity": 1}],
        "success_url": "https://example.com",
    })  # fmt: skip
    await stripe_local.control.advance(3 * 86_400)
    scope: Any = {"stripe_account": account.id}
    answers: list[Any] = [
        await api.accounts.list_async(), await api.customers.list_async(), await api.payment_intents.list_async(),
        await api.charges.list_async(), await api.refunds.list_async(), await api.disputes.list_async(),
        await api.transfers.list_async(), await api.transfers.reversals.list_async(transfer.id),
        await api.balance.retrieve_async(), await api.balance_transactions.list_async({"limit": 100}),
        await api.payouts.list_async({}, scope), await api.balance_transactions.list_async({}, scope),
        await api.products.list_async(), await api.prices.list_async(), await api.invoices.list_async(),
        await api.subscriptions.retrieve_async(subscription.id, {"expand": ["latest_invoice"]}),
        await api.setup_intents.list_async(), await api.events.list_async({"limit": 100}),
        await api.checkout.sessions.retrieve_async(session.id),
        await api.checkout.sessions.line_items.list_async(session.id),
        await api.customers.payment_methods.list_async(customer.id),
        await api.billing_portal.sessions.create_async({"customer": customer.id}),
        await api.accounts.capabilities.list_async(account.id),
        await api.application_fees.list_async(), await api.application_fees.refunds.list_async(fee.id),
        await api.billing_portal.configurations.create_async({"features": {"invoice_history": {"enabled": True}}}),
    ]  # fmt: skip
    assert intent.status == "succeeded"
    lacking = [found for answer in answers for found in missing(answer, type(answer).__name__)]
    assert not lacking, "\n".join(lacking)
