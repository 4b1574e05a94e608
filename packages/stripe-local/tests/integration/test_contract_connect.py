"""Connected accounts, plans and the rest that needs no simulation of people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest
import stripe

from support.payments import connected, customer_with_card, pay, plan

if TYPE_CHECKING:
    from support.contract import Contract


async def test_a_new_account_can_do_nothing_yet(contract: Contract) -> None:
    account = await connected(contract.api)
    assert (account.charges_enabled, account.payouts_enabled, account.details_submitted) == (False, False, False)
    assert account.requirements
    assert account.requirements.currently_due
    assert account.capabilities
    assert account.capabilities.transfers == "inactive"
    link = await contract.api.account_links.create_async({
        "account": account.id, "type": "account_onboarding", "refresh_url": "https://example.com/again",
        "return_url": "https://example.com/back",
    })  # fmt: skip
    assert link.expires_at > link.created


@pytest.mark.parametrize("alone", ["transfers", "card_payments"])
async def test_capabilities_are_asked_for_together(contract: Contract, alone: str) -> None:
    """A platform needs Stripe's approval for accounts that only receive transfers."""
    with pytest.raises(stripe.InvalidRequestError, match="card_payments") as caught:
        await connected(contract.api, capabilities={alone: {"requested": True}})
    assert caught.value.http_status == 400


async def test_an_account_that_is_not_ours_is_out_of_reach(contract: Contract) -> None:
    with pytest.raises(stripe.PermissionError) as caught:
        await contract.api.accounts.retrieve_async("acct_1032D82eZvKYlo2C")
    assert caught.value.http_status == 403
    assert cast("Any", caught.value.error).code == "account_invalid"


async def test_money_cannot_go_to_an_account_that_may_not_have_it(contract: Contract) -> None:
    account = await connected(contract.api)
    intent = await pay(contract.api)
    with pytest.raises(stripe.InvalidRequestError) as caught:
        await contract.api.transfers.create_async({
            "amount": 5_000, "currency": "nzd", "destination": account.id,
            "source_transaction": str(intent.latest_charge),
        })  # fmt: skip
    assert caught.value.code == "insufficient_capabilities_for_transfer"


async def test_login_links_need_an_onboarded_account(contract: Contract) -> None:
    account = await connected(contract.api)
    with pytest.raises(stripe.InvalidRequestError):
        await contract.api.accounts.login_links.create_async(account.id)


async def test_a_subscription_starts_paid(contract: Contract) -> None:
    customer = await customer_with_card(contract.api)
    price = await plan(contract.api)
    subscription = await contract.api.subscriptions.create_async({
        "customer": customer.id, "items": [{"price": price.id}], "expand": ["latest_invoice"],
    })  # fmt: skip
    invoice = cast("stripe.Invoice", subscription.latest_invoice)
    assert (subscription.status, invoice.status, invoice.amount_paid) == ("active", "paid", 2_900)
    ended = await contract.api.subscriptions.cancel_async(subscription.id)
    assert ended.status == "canceled"


async def test_a_trial_costs_nothing(contract: Contract) -> None:
    customer = await customer_with_card(contract.api)
    price = await plan(contract.api)
    subscription = await contract.api.subscriptions.create_async({
        "customer": customer.id, "items": [{"price": price.id}], "trial_period_days": 14, "expand": ["latest_invoice"],
    })  # fmt: skip
    assert subscription.status == "trialing"
    assert cast("stripe.Invoice", subscription.latest_invoice).amount_due == 0
    ending = await contract.api.subscriptions.update_async(subscription.id, {"cancel_at_period_end": True})
    assert ending.cancel_at_period_end
    await contract.api.subscriptions.cancel_async(subscription.id)


async def test_a_first_payment_that_fails_leaves_the_subscription_incomplete(contract: Contract) -> None:
    customer = await customer_with_card(contract.api, "pm_card_chargeCustomerFail")
    price = await plan(contract.api)
    subscription = await contract.api.subscriptions.create_async({
        "customer": customer.id, "items": [{"price": price.id}],
    })  # fmt: skip
    assert subscription.status == "incomplete"


async def test_checkout_and_portal_have_pages(contract: Contract) -> None:
    customer = await contract.api.customers.create_async()
    price = await plan(contract.api)
    session = await contract.api.checkout.sessions.create_async({
        "mode": "subscription", "customer": customer.id, "line_items": [{"price": price.id, "quantity": 1}],
        "success_url": "https://example.com/done?s={CHECKOUT_SESSION_ID}", "cancel_url": "https://example.com/plans",
    })  # fmt: skip
    assert (session.status, session.payment_status, session.amount_total) == ("open", "unpaid", 2_900)
    assert session.url
    items = await contract.api.checkout.sessions.line_items.list_async(session.id)
    assert [item.quantity for item in items.data] == [1]
    expired = await contract.api.checkout.sessions.expire_async(session.id)
    assert expired.status == "expired"


async def test_prices_are_found_by_lookup_key(contract: Contract) -> None:
    key = contract.unique("plan")
    price = await contract.api.prices.create_async({
        "currency": "nzd", "unit_amount": 100, "lookup_key": key, "product_data": {"name": "Once"},
    })  # fmt: skip
    found = await contract.api.prices.list_async({"lookup_keys": [key]})
    assert [item.id for item in found.data] == [price.id]


async def test_a_webhook_endpoint_shows_its_secret_once(contract: Contract) -> None:
    endpoint = await contract.api.webhook_endpoints.create_async({
        "url": "https://example.com/hook", "enabled_events": ["payment_intent.succeeded"],
    })  # fmt: skip
    assert endpoint.secret
    assert endpoint.secret.startswith("whsec_")
    again = await contract.api.webhook_endpoints.retrieve_async(endpoint.id)
    assert getattr(again, "secret", None) is None
    assert (await contract.api.webhook_endpoints.delete_async(endpoint.id)).deleted
