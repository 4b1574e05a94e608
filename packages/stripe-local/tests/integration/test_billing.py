"""Plans over time: renewals, failures, changes; checkout and portal as customers use them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import httpx
import pytest
import stripe

from support.payments import customer_with_card, plan

if TYPE_CHECKING:
    from stripe._v1_services import V1Services

    from stripe_local.testing import RunningStripe

DAY = 86_400


async def subscribe(api: V1Services, card: str = "pm_card_visa", **params: Any) -> stripe.Subscription:
    """A customer with a card and a monthly plan."""
    customer = await customer_with_card(api, card)
    price = await plan(api)
    given: dict[str, Any] = {"customer": customer.id, "items": [{"price": price.id}], **params}
    return await api.subscriptions.create_async(cast("Any", given))


async def open_checkout(api: V1Services, **params: Any) -> stripe.checkout.Session:
    """A checkout page for a monthly plan."""
    price = await plan(api)
    given: dict[str, Any] = {
        "mode": "subscription", "line_items": [{"price": price.id, "quantity": 1}],
        "success_url": "https://example.com/done?s={CHECKOUT_SESSION_ID}", "cancel_url": "https://example.com/plans",
        **params,
    }  # fmt: skip
    return await api.checkout.sessions.create_async(cast("Any", given))


async def test_a_plan_renews_each_month(stripe_local: RunningStripe, api: V1Services) -> None:
    subscription = await subscribe(api)
    await stripe_local.control.advance(95 * DAY)
    invoices = await api.invoices.list_async({"subscription": subscription.id, "limit": 100})
    assert [(item.status, item.billing_reason) for item in invoices.data] == [
        *[("paid", "subscription_cycle")] * 3,
        ("paid", "subscription_create"),
    ]
    now = await api.subscriptions.retrieve_async(subscription.id)
    item = now["items"].data[0]
    assert item.current_period_start <= await stripe_local.control.now() < item.current_period_end


async def test_a_trial_ends_in_a_paid_month(stripe_local: RunningStripe, api: V1Services) -> None:
    subscription = await subscribe(api, trial_period_days=14)
    await stripe_local.control.advance(14 * DAY + 1)
    assert (await api.subscriptions.retrieve_async(subscription.id)).status == "active"
    kinds = {event.type for event in (await api.events.list_async({"limit": 100})).data}
    assert "customer.subscription.trial_will_end" in kinds


async def test_a_failing_renewal_is_past_due_and_heals_with_another_card(
    stripe_local: RunningStripe, api: V1Services
) -> None:
    subscription = await subscribe(api, "pm_card_chargeCustomerFail", trial_period_days=7)
    await stripe_local.control.advance(7 * DAY + 1)
    due = await api.subscriptions.retrieve_async(subscription.id, {"expand": ["latest_invoice"]})
    assert due.status == "past_due"
    invoice = cast("stripe.Invoice", due.latest_invoice)
    assert (invoice.status, invoice.attempt_count) == ("open", 1)
    method = await api.payment_methods.attach_async("pm_card_visa", {"customer": str(due.customer)})
    paid = await api.invoices.pay_async(invoice.id, {"payment_method": method.id})
    assert paid.status == "paid"
    assert (await api.subscriptions.retrieve_async(subscription.id)).status == "active"


async def test_a_plan_nobody_pays_ends(stripe_local: RunningStripe, api: V1Services) -> None:
    subscription = await subscribe(api, "pm_card_chargeCustomerFail", trial_period_days=7)
    await stripe_local.control.advance(30 * DAY)
    ended = await api.subscriptions.retrieve_async(subscription.id)
    assert ended.status == "canceled"
    assert ended.cancellation_details
    assert ended.cancellation_details.reason == "payment_failed"
    assert len((await api.events.list_async({"type": "invoice.payment_failed"})).data) == 4


async def test_a_cancelled_plan_lasts_to_the_end_of_its_period(stripe_local: RunningStripe, api: V1Services) -> None:
    subscription = await subscribe(api)
    await api.subscriptions.update_async(subscription.id, {"cancel_at_period_end": True})
    assert (await api.subscriptions.retrieve_async(subscription.id)).status == "active"
    await stripe_local.control.advance(32 * DAY)
    assert (await api.subscriptions.retrieve_async(subscription.id)).status == "canceled"
    assert len((await api.invoices.list_async({"subscription": subscription.id})).data) == 1


async def test_a_dearer_plan_is_charged_for_the_rest_of_the_month(stripe_local: RunningStripe, api: V1Services) -> None:
    subscription = await subscribe(api)
    dearer = await plan(api, 5_900)
    await stripe_local.control.advance(15 * DAY)
    item = subscription["items"].data[0]
    changed = await api.subscriptions.update_async(subscription.id, {
        "items": [{"id": item.id, "price": dearer.id}], "proration_behavior": "always_invoice",
        "expand": ["latest_invoice"],
    })  # fmt: skip
    assert changed["items"].data[0].price.id == dearer.id
    difference = cast("stripe.Invoice", changed.latest_invoice).amount_paid
    assert 1_400 < difference < 1_600


async def test_a_first_payment_that_wants_authentication(stripe_local: RunningStripe, api: V1Services) -> None:
    subscription = await subscribe(
        api, "pm_card_authenticationRequired", expand=["latest_invoice.payments"], payment_behavior="allow_incomplete"
    )
    assert subscription.status == "incomplete"
    payments = cast("stripe.Invoice", subscription.latest_invoice).payments
    assert payments
    await stripe_local.control.authenticate(str(payments.data[0].payment.payment_intent))
    assert (await api.subscriptions.retrieve_async(subscription.id)).status == "active"


async def test_checkout_is_completed_on_its_page(api: V1Services) -> None:
    session = await open_checkout(api, client_reference_id="provider-1", customer_email="p@example.com")
    url = (session.url or "").partition("#")[0]
    async with httpx.AsyncClient() as browser:
        assert "Subscribe" in (await browser.get(url)).text
        declined = await browser.post(url, data={"outcome": "pay", "card": "4000000000000002"})
        assert "declined" in declined.text
        done = await browser.post(url, data={"outcome": "pay", "card": "4242 4242 4242 4242"})
    assert (done.status_code, done.headers["location"]) == (303, f"https://example.com/done?s={session.id}")
    after = await api.checkout.sessions.retrieve_async(session.id, {"expand": ["subscription", "customer"]})
    assert (after.status, after.payment_status, after.client_reference_id) == ("complete", "paid", "provider-1")
    assert cast("stripe.Subscription", after.subscription).status == "active"
    assert cast("stripe.Customer", after.customer).email == "p@example.com"
    events = await api.events.list_async({"type": "checkout.session.completed"})
    assert [event.data.object["id"] for event in events.data] == [session.id]


async def test_checkout_asks_for_authentication(api: V1Services) -> None:
    session = await open_checkout(api)
    url = (session.url or "").partition("#")[0]
    card = {"card": "4000002500003155"}
    async with httpx.AsyncClient() as browser:
        assert "3D Secure" in (await browser.post(url, data={"outcome": "pay", **card})).text
        assert "unable to authenticate" in (await browser.post(url, data={"outcome": "fail", **card})).text
        assert (await browser.post(url, data={"outcome": "approve", **card})).status_code == 303
    assert (await api.checkout.sessions.retrieve_async(session.id)).payment_status == "paid"


async def test_checkout_takes_single_payments(stripe_local: RunningStripe, api: V1Services) -> None:
    session = await open_checkout(
        api, mode="payment", payment_intent_data={"metadata": {"booking": "bk_1"}}, line_items=[{
            "quantity": 2, "price_data": {
                "currency": "nzd", "unit_amount": 1_500, "product_data": {"name": "Call-out"}},
        }],
    )  # fmt: skip
    await stripe_local.control.complete_checkout(session.id)
    after = await api.checkout.sessions.retrieve_async(session.id, {"expand": ["payment_intent"]})
    intent = cast("stripe.PaymentIntent", after.payment_intent)
    assert (after.payment_status, intent.amount, intent.metadata["booking"]) == ("paid", 3_000, "bk_1")


async def test_checkout_ends_after_a_day(stripe_local: RunningStripe, api: V1Services) -> None:
    session = await open_checkout(api)
    await stripe_local.control.advance(DAY + 1)
    assert (await api.checkout.sessions.retrieve_async(session.id)).status == "expired"


async def open_portal(api: V1Services, subscription: stripe.Subscription, **params: Any) -> str:
    """The address of a customer's portal."""
    given: dict[str, Any] = {
        "customer": str(subscription.customer), "return_url": "https://example.com/plans", **params,
    }  # fmt: skip
    return (await api.billing_portal.sessions.create_async(cast("Any", given))).url


async def test_the_portal_cancels_and_changes_the_card(stripe_local: RunningStripe, api: V1Services) -> None:
    """With flexible billing it sets `cancel_at` alone."""
    await stripe_local.control.settings(portal_saved=True)
    subscription = await subscribe(api)
    portal = await open_portal(api, subscription)
    async with httpx.AsyncClient() as browser:
        assert "https://example.com/plans" in (await browser.get(portal)).text
        await browser.post(portal, data={"outcome": "cancel", "subscription": subscription.id})
        ending = await api.subscriptions.retrieve_async(subscription.id)
        assert (ending.cancel_at_period_end, ending.cancel_at) == (
            False, ending["items"].data[0].current_period_end,
        )  # fmt: skip
        await browser.post(portal, data={"outcome": "renew", "subscription": subscription.id})
        await browser.post(portal, data={"outcome": "card", "card": "5555555555554444"})
    assert (await api.subscriptions.retrieve_async(subscription.id)).cancel_at is None
    customer = await api.customers.retrieve_async(
        str(subscription.customer), {"expand": ["invoice_settings.default_payment_method"]}
    )
    assert customer.invoice_settings
    method = cast("stripe.PaymentMethod", customer.invoice_settings.default_payment_method)
    assert method.card
    assert method.card.brand == "mastercard"


async def test_what_the_portal_cancelled_ends_with_its_period(stripe_local: RunningStripe, api: V1Services) -> None:
    await stripe_local.control.settings(portal_saved=True)
    subscription = await subscribe(api)
    portal = await open_portal(api, subscription)
    async with httpx.AsyncClient() as browser:
        await browser.post(portal, data={"outcome": "cancel", "subscription": subscription.id})
    await stripe_local.control.advance(32 * DAY)
    assert (await api.subscriptions.retrieve_async(subscription.id)).status == "canceled"
    assert len((await api.invoices.list_async({"subscription": subscription.id})).data) == 1


async def test_the_portal_needs_a_configuration_and_switches_only_where_that_says_so(
    stripe_local: RunningStripe, api: V1Services
) -> None:
    subscription, dearer = await subscribe(api), await plan(api, 5_900)
    with pytest.raises(stripe.InvalidRequestError, match="No configuration provided"):
        await open_portal(api, subscription)
    await stripe_local.control.settings(portal_saved=True)
    switch = {"outcome": "switch", "subscription": subscription.id, "price": dearer.id}
    async with httpx.AsyncClient() as browser:
        portal = await open_portal(api, subscription)
        assert "Switch" not in (await browser.get(portal)).text
        assert (await browser.post(portal, data=switch)).status_code == 400
        with pytest.raises(stripe.InvalidRequestError):
            await api.billing_portal.configurations.create_async(
                {"features": {"subscription_update": {"enabled": True}}}
            )
        made = await api.billing_portal.configurations.create_async({
            "features": {
                "subscription_update": {
                    "enabled": True, "default_allowed_updates": ["price"],
                    "products": [{"product": str(dearer.product), "prices": [dearer.id]}],
                },
            },
        })  # fmt: skip
        portal = await open_portal(api, subscription, configuration=made.id)
        assert "Switch" in (await browser.get(portal)).text
        assert (await browser.post(portal, data=switch)).status_code == 200
    now = await api.subscriptions.retrieve_async(subscription.id)
    assert now["items"].data[0].price.id == dearer.id


async def test_a_hard_decline_is_not_tried_again_until_there_is_another_card(
    stripe_local: RunningStripe, api: V1Services
) -> None:
    """See https://docs.stripe.com/billing/revenue-recovery/smart-retries."""
    subscription = await subscribe(api, "pm_card_authenticationRequired", trial_period_days=7)
    await stripe_local.control.advance(30 * DAY)
    assert (await api.subscriptions.retrieve_async(subscription.id)).status == "canceled"
    assert len((await api.events.list_async({"type": "invoice.payment_failed"})).data) == 1


@pytest.mark.parametrize("outcome", ["unpaid", "past_due"])
async def test_the_account_decides_what_follows_when_nobody_pays(
    stripe_local: RunningStripe, api: V1Services, outcome: str
) -> None:
    await stripe_local.control.settings(retry_days=[1], after_retries=outcome)
    subscription = await subscribe(api, "pm_card_chargeCustomerFail", trial_period_days=7)
    await stripe_local.control.advance(20 * DAY)
    assert (await api.subscriptions.retrieve_async(subscription.id)).status == outcome
