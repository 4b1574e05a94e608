"""What no other test asks for: changing, listing, ending and refusing, resource by resource."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import stripe

from support.payments import connected, customer_with_card, fund, pay, plan

if TYPE_CHECKING:
    from stripe._v1_services import V1Services

    from stripe_local.testing import RunningStripe

DAY = 86_400
Refused = stripe.InvalidRequestError


async def test_a_subscription_is_changed_and_ended(stripe_local: RunningStripe, api: V1Services) -> None:
    customer, price = await customer_with_card(api), await plan(api)
    made = await api.subscriptions.create_async({
        "customer": customer.id, "items": [{"price": price.id}], "trial_end": int(time.time()) + 9 * DAY,
    })  # fmt: skip
    assert made.status == "trialing"
    soon = await api.subscriptions.update_async(made.id, {"cancel_at_period_end": True, "description": "soon"})
    assert (soon.cancel_at_period_end, soon.description) == (True, "soon")
    kept = await api.subscriptions.update_async(made.id, {"cancel_at_period_end": False, "trial_end": "now"})
    assert (kept.cancel_at_period_end, kept.cancel_at) == (False, None)
    await stripe_local.control.advance(1)
    assert (await api.subscriptions.retrieve_async(made.id)).status == "active"
    found = await api.subscriptions.list_async({"price": price.id, "status": "active"})
    assert [each.id for each in found.data] == [made.id]
    end = int(time.time()) + 20 * DAY
    assert (await api.subscriptions.update_async(made.id, {"cancel_at": end})).cancel_at == end
    ended = await api.subscriptions.cancel_async(made.id, {"cancellation_details": {"comment": "enough"}})
    assert ended.status == "canceled"
    assert ended.cancellation_details
    assert ended.cancellation_details.comment == "enough"
    assert (await api.subscriptions.list_async()).data == []
    assert len((await api.subscriptions.list_async({"status": "ended"})).data) == 1
    for again in (
        api.subscriptions.cancel_async(made.id),
        api.subscriptions.update_async(made.id, {"description": "late"}),
    ):
        with pytest.raises(Refused):
            await again


async def test_subscriptions_that_make_no_sense_are_refused(api: V1Services) -> None:
    price, customer = await plan(api), await customer_with_card(api)
    bare = await api.customers.create_async()
    good: Any = {"customer": customer.id, "items": [{"price": price.id}]}
    mistakes: list[Any] = [
        {"items": []}, {"customer": bare.id}, {"trial_end": 1}, {"collection_method": "send_invoice"},
        {"items": [{"price": "price_unknown"}]},
    ]  # fmt: skip
    for wrong in mistakes:
        with pytest.raises(Refused):
            await api.subscriptions.create_async(good | wrong)
    declined = await customer_with_card(api, "pm_card_chargeCustomerFail")
    with pytest.raises(stripe.CardError):
        await api.subscriptions.create_async(
            good | {"customer": declined.id, "payment_behavior": "error_if_incomplete"}
        )
    made = await api.subscriptions.create_async(good)
    changes: list[Any] = [{"items": [{"price": price.id}]}, {"cancel_at": 1}]
    for change in changes:
        with pytest.raises(Refused):
            await api.subscriptions.update_async(made.id, change)


async def test_a_setup_is_changed_confirmed_and_cancelled(api: V1Services) -> None:
    customer = await api.customers.create_async()
    intent = await api.setup_intents.create_async({"customer": customer.id, "allowed_payment_method_types": ["card"]})
    with pytest.raises(Refused, match="missing a payment method"):
        await api.setup_intents.confirm_async(intent.id)
    changed = await api.setup_intents.update_async(intent.id, {"payment_method": "pm_card_visa", "description": "home"})
    assert (changed.status, changed.description) == ("requires_confirmation", "home")
    assert (await api.setup_intents.confirm_async(intent.id)).status == "succeeded"
    for again in (api.setup_intents.confirm_async(intent.id), api.setup_intents.cancel_async(intent.id)):
        with pytest.raises(Refused):
            await again
    other = await api.setup_intents.create_async({"allowed_payment_method_types": ["card"]})
    with pytest.raises(stripe.CardError):
        await api.setup_intents.confirm_async(other.id, {"payment_method": "pm_card_chargeDeclined"})
    assert (await api.setup_intents.cancel_async(other.id)).status == "canceled"
    assert [each.id for each in (await api.setup_intents.list_async()).data] == [other.id, intent.id]


async def test_payouts_by_hand(stripe_local: RunningStripe, api: V1Services) -> None:
    await stripe_local.control.settings(payouts="manual")
    with pytest.raises(Refused, match="insufficient funds"):
        await api.payouts.create_async({"amount": 1_000, "currency": "nzd"})
    await fund(api)
    with pytest.raises(Refused):
        await api.payouts.create_async({"amount": 0, "currency": "nzd"})
    made = await api.payouts.create_async({"amount": 1_000, "currency": "nzd"})
    changed = await api.payouts.update_async(made.id, {"metadata": {"week": "7"}})
    assert changed.metadata
    assert changed.metadata.to_dict() == {"week": "7"}
    assert (await api.payouts.cancel_async(made.id)).status == "canceled"
    with pytest.raises(Refused):
        await api.payouts.cancel_async(made.id)
    second = await api.payouts.create_async({"amount": 2_000, "currency": "nzd"})
    assert (await stripe_local.control.settle_payout(second.id, "failed"))["status"] == "failed"
    assert [each.id for each in (await api.payouts.list_async()).data] == [second.id, made.id]
    account = await connected(api)
    scope: Any = {"stripe_account": account.id}
    with pytest.raises(Refused, match="payouts disabled"):
        await api.payouts.create_async({"amount": 1_000, "currency": "nzd"}, scope)


async def test_people_do_nothing_to_what_is_not_there(stripe_local: RunningStripe, api: V1Services) -> None:
    control = stripe_local.control
    account = await connected(api)
    for call in (
        control.settle_payout("po_unknown", "paid"), control.settle_refund("re_unknown", "failed"),
        control.onboard(account.id, "sleep"), control.dispute("ch_unknown"), control.post("/webhooks", colour="red"),
        control.post("/clock", offset_seconds="soon"),
    ):  # fmt: skip
        with pytest.raises(httpx.HTTPStatusError):
            await call
    rejected = await control.onboard(account.id, "rejected")
    assert rejected["charges_enabled"] is False
    again = await api.accounts.reject_async((await connected(api)).id, {"reason": "other"})
    assert again.requirements
    assert again.requirements.disabled_reason == "rejected.other"
    refund = await api.refunds.create_async({"payment_intent": (await pay(api)).id})
    assert (await control.settle_refund(refund.id, "failed"))["status"] == "failed"


async def test_what_is_sold_is_changed_and_deleted(api: V1Services) -> None:
    product = await api.products.create_async({"name": "Cleaning"})
    assert (await api.products.update_async(product.id, {"name": "Gardening"})).name == "Gardening"
    price = await plan(api)
    with pytest.raises(Refused, match="cannot be deleted"):
        await api.products.delete_async(str(price.product))
    assert (await api.products.delete_async(product.id)).deleted
    with pytest.raises(Refused):
        await api.products.retrieve_async(product.id)


async def test_a_customer_takes_everything_along(api: V1Services) -> None:
    customer, price = await customer_with_card(api), await plan(api)
    await api.subscriptions.create_async({"customer": customer.id, "items": [{"price": price.id}]})
    assert [each.id for each in (await api.customers.list_async({"email": "customer@example.com"})).data] == [
        customer.id
    ]
    await api.customers.delete_async(customer.id)
    assert [each.status for each in (await api.subscriptions.list_async({"status": "all"})).data] == ["canceled"]
    with pytest.raises(Refused):
        await api.payment_intents.create_async({"amount": 100, "currency": "nzd", "customer": customer.id})


async def test_accounts_and_endpoints_are_deleted(api: V1Services) -> None:
    account = await connected(api)
    assert (await api.accounts.delete_async(account.id)).deleted
    scope: Any = {"stripe_account": account.id}
    with pytest.raises(stripe.PermissionError):
        await api.balance.retrieve_async({}, scope)
    with pytest.raises(Refused, match="explicit scheme"):
        await api.webhook_endpoints.create_async({"url": "example.com", "enabled_events": ["*"]})
    endpoint = await api.webhook_endpoints.create_async({"url": "https://example.com", "enabled_events": ["*"]})
    off = await api.webhook_endpoints.update_async(endpoint.id, {"disabled": True})
    assert off.status == "disabled"
    assert (await api.webhook_endpoints.retrieve_async(endpoint.id)).secret is None
    await api.webhook_endpoints.delete_async(endpoint.id)
    assert (await api.webhook_endpoints.list_async()).data == []
