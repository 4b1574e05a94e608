"""What people and banks do: cardholders, account owners, issuers; moved by control endpoints and pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import httpx
import pytest
import stripe

from stripe_local.testing import make_client
from support.payments import authorize, charge_of, connected, fund, pay

if TYPE_CHECKING:
    from stripe._v1_services import V1Services

    from stripe_local.testing import RunningStripe

DAY = 86_400


async def test_the_browser_confirms_with_its_own_key(stripe_local: RunningStripe, api: V1Services) -> None:
    intent = await api.payment_intents.create_async({"amount": 5_000, "currency": "nzd"})
    browser = make_client(stripe_local.url, "pk_test_browser").v1
    method = await browser.payment_methods.create_async({
        "type": "card", "card": {"number": "4242424242424242", "exp_month": 1, "exp_year": 2044, "cvc": "123"},
    })  # fmt: skip
    with pytest.raises(stripe.InvalidRequestError):
        await browser.payment_intents.retrieve_async(intent.id, {"client_secret": "wrong"})
    with pytest.raises(stripe.InvalidRequestError):
        await browser.payment_intents.confirm_async(intent.id, {"payment_method": method.id})
    with pytest.raises(stripe.PermissionError):
        await browser.refunds.create_async({"payment_intent": intent.id})
    params: Any = {"payment_method": method.id, "client_secret": intent.client_secret}
    confirmed = await browser.payment_intents.confirm_async(intent.id, params)
    assert confirmed.status == "succeeded"


async def test_a_passed_challenge_authorizes(stripe_local: RunningStripe, api: V1Services) -> None:
    intent = await authorize(api, "pm_card_authenticationRequired")
    await stripe_local.control.authenticate(intent.id)
    done = await api.payment_intents.retrieve_async(intent.id, {"expand": ["latest_charge"]})
    assert (done.status, done.next_action) == ("requires_capture", None)
    details = cast("stripe.Charge", done.latest_charge).payment_method_details
    assert details
    assert details.card
    assert details.card.three_d_secure


async def test_a_failed_challenge_leaves_the_payment_open(stripe_local: RunningStripe, api: V1Services) -> None:
    intent = await authorize(api, "pm_card_authenticationRequired")
    await stripe_local.control.authenticate(intent.id, "failure")
    failed = await api.payment_intents.retrieve_async(intent.id)
    assert failed.status == "requires_payment_method"
    assert failed.last_payment_error
    assert failed.last_payment_error.code == "payment_intent_authentication_failure"


async def test_a_challenge_can_end_in_a_decline(stripe_local: RunningStripe, api: V1Services) -> None:
    intent = await authorize(api, "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds")
    assert intent.status == "requires_action"
    await stripe_local.control.authenticate(intent.id)
    failed = await api.payment_intents.retrieve_async(intent.id)
    assert failed.last_payment_error
    assert failed.last_payment_error.decline_code == "insufficient_funds"


async def test_a_card_set_up_once_pays_off_session(stripe_local: RunningStripe, api: V1Services) -> None:
    customer = await api.customers.create_async()
    setup = await api.setup_intents.create_async({
        "customer": customer.id, "payment_method": "pm_card_authenticationRequiredOnSetup", "confirm": True,
        "return_url": "https://example.com/back",
    })  # fmt: skip
    await stripe_local.control.authenticate(setup.id)
    done = await api.setup_intents.retrieve_async(setup.id)
    assert done.status == "succeeded"
    later = await authorize(api, str(done.payment_method), customer=customer.id, off_session=True)
    assert later.status == "requires_capture"


async def test_card_forms_load_a_stand_in_for_stripe_js(stripe_local: RunningStripe) -> None:
    async with httpx.AsyncClient() as browser:
        script = await browser.get(f"{stripe_local.url}/v3/stripe.js")
    assert script.headers["content-type"].startswith("text/javascript")
    assert all(
        name in script.text
        for name in ("window.Stripe", "confirmPayment", "confirmSetup", "handleNextAction", "elements")
    )


async def test_the_challenge_page_leads_back(api: V1Services) -> None:
    intent = await pay(api, "pm_card_authenticationRequired", return_url="https://example.com/back?b=1")
    assert intent.next_action
    assert intent.next_action.redirect_to_url
    page = intent.next_action.redirect_to_url.url or ""
    async with httpx.AsyncClient() as browser:
        assert "Approve" in (await browser.get(page)).text
        answer = await browser.post(page, data={"outcome": "success"})
        assert (await browser.get(page.replace("client_secret=", "client_secret=x"))).status_code == 404
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("https://example.com/back?b=1&payment_intent=")
    assert answer.headers["location"].endswith("redirect_status=succeeded")
    assert (await api.payment_intents.retrieve_async(intent.id)).status == "succeeded"


async def test_the_challenge_of_a_confirmation_without_an_address_leads_back_to_where_it_was_opened(
    api: V1Services,
) -> None:
    intent = await pay(api, "pm_card_authenticationRequired")
    assert intent.next_action
    assert intent.next_action.use_stripe_sdk
    page = f"{intent.next_action.use_stripe_sdk['stripe_js']}&return_url=https%3A%2F%2Fexample.com%2Fhere"
    async with httpx.AsyncClient() as browser:
        assert "return_url=https%3A%2F%2Fexample.com%2Fhere" in (await browser.get(page)).text
        answer = await browser.post(page, data={"outcome": "failure"})
    assert answer.headers["location"].startswith("https://example.com/here?payment_intent=")
    assert answer.headers["location"].endswith("redirect_status=failed")


async def test_the_onboarding_page_makes_an_account_ready(api: V1Services) -> None:
    account = await connected(api)
    link = await api.account_links.create_async({
        "account": account.id, "type": "account_onboarding", "refresh_url": "https://example.com/again",
        "return_url": "https://example.com/back",
    })  # fmt: skip
    async with httpx.AsyncClient() as browser:
        assert "Complete" in (await browser.get(link.url)).text
        answer = await browser.post(link.url, data={"outcome": "complete"})
        assert (await browser.get(link.url)).headers["location"] == "https://example.com/again"
    assert (answer.status_code, answer.headers["location"]) == (303, "https://example.com/back")
    ready = await api.accounts.retrieve_async(account.id)
    assert (ready.charges_enabled, ready.payouts_enabled, ready.details_submitted) == (True, True, True)
    assert (await api.accounts.login_links.create_async(account.id)).url


async def test_an_onboarding_link_opens_once(api: V1Services) -> None:
    """Mail programs that look at links use them up; https://docs.stripe.com/connect/hosted-onboarding."""
    account = await connected(api)
    addresses: Any = {
        "account": account.id, "type": "account_onboarding", "refresh_url": "https://example.com/again",
        "return_url": "https://example.com/back",
    }  # fmt: skip
    first = await api.account_links.create_async(addresses)
    second = await api.account_links.create_async(addresses)
    async with httpx.AsyncClient() as browser:
        assert (await browser.get(first.url)).headers["location"] == "https://example.com/again"
        assert (await browser.get(second.url)).status_code == 200
        assert (await browser.get(second.url)).headers["location"] == "https://example.com/again"


async def test_what_an_owner_gave_is_verified_first(stripe_local: RunningStripe, api: V1Services) -> None:
    await stripe_local.control.settings(onboarding_seconds=60)
    account = await connected(api)
    await stripe_local.control.onboard(account.id)
    waiting = await api.accounts.retrieve_async(account.id)
    assert waiting.capabilities
    assert (waiting.capabilities.transfers, waiting.details_submitted, waiting.payouts_enabled) == (
        "pending", True, False,
    )  # fmt: skip
    await stripe_local.control.advance(61)
    ready = await api.accounts.retrieve_async(account.id)
    assert ready.capabilities
    assert (ready.capabilities.transfers, ready.payouts_enabled) == ("active", True)


async def test_an_account_that_left_can_be_neither_read_nor_paid(stripe_local: RunningStripe, api: V1Services) -> None:
    account = await connected(api)
    await stripe_local.control.onboard(account.id)
    intent = await pay(api)
    await stripe_local.control.onboard(account.id, "deauthorized")
    with pytest.raises(stripe.PermissionError):
        await api.accounts.retrieve_async(account.id)
    with pytest.raises(stripe.PermissionError):
        await api.balance.retrieve_async({}, cast("Any", {"stripe_account": account.id}))
    with pytest.raises(stripe.InvalidRequestError) as caught:
        await api.transfers.create_async({
            "amount": 1_000, "currency": "nzd", "destination": account.id,
            "source_transaction": str(intent.latest_charge),
        })  # fmt: skip
    assert (caught.value.code, caught.value.param) == ("resource_missing", "destination")


async def test_an_off_session_hold_of_a_visa_card_is_shorter(stripe_local: RunningStripe, api: V1Services) -> None:
    days = {}
    for name in ("visa", "mastercard"):
        customer = await api.customers.create_async()
        method = await api.payment_methods.attach_async(f"pm_card_{name}", {"customer": customer.id})
        intent = await authorize(api, method.id, customer=customer.id, off_session=True, expand=["latest_charge"])
        details = cast("stripe.Charge", intent.latest_charge).payment_method_details
        assert details
        assert details.card
        days[name] = ((details.card.capture_before or 0) - intent.created) / DAY
    assert days == {"visa": pytest.approx(4.75, abs=0.01), "mastercard": pytest.approx(7, abs=0.01)}
    await stripe_local.control.advance(4.8 * DAY)
    statuses = [each.status for each in (await api.payment_intents.list_async()).data]
    assert statuses == ["requires_capture", "canceled"]


async def test_too_many_confirmations_cancel_an_intent(stripe_local: RunningStripe, api: V1Services) -> None:
    await stripe_local.control.settings(confirmation_limit=2)
    intent = await api.payment_intents.create_async(
        {"amount": 1_000, "currency": "nzd", "allowed_payment_method_types": ["card"]}
    )
    for _ in range(2):
        with pytest.raises(stripe.CardError):
            await api.payment_intents.confirm_async(intent.id, {"payment_method": "pm_card_chargeCustomerFail"})
    assert (await api.payment_intents.retrieve_async(intent.id)).status == "canceled"


async def test_an_old_onboarding_link_leads_to_a_fresh_one(stripe_local: RunningStripe, api: V1Services) -> None:
    account = await connected(api)
    link = await api.account_links.create_async({
        "account": account.id, "type": "account_onboarding", "refresh_url": "https://example.com/again",
        "return_url": "https://example.com/back",
    })  # fmt: skip
    await stripe_local.control.advance(301)
    async with httpx.AsyncClient() as browser:
        assert (await browser.get(link.url)).headers["location"] == "https://example.com/again"


async def test_money_travels_from_card_to_bank(stripe_local: RunningStripe, api: V1Services) -> None:
    account = await connected(api)
    await stripe_local.control.onboard(account.id)
    intent = await pay(api)
    transfer = await api.transfers.create_async({
        "amount": 8_500, "currency": "nzd", "destination": account.id, "transfer_group": "bk_1",
        "source_transaction": str(intent.latest_charge),
    })  # fmt: skip
    assert [item.id for item in (await api.transfers.list_async({"transfer_group": "bk_1"})).data] == [transfer.id]
    held = await api.balance.retrieve_async({}, {"stripe_account": account.id})
    assert (held.pending[0].amount, held.available[0].amount) == (8_500, 0)
    await stripe_local.control.advance(4 * DAY)
    payouts = await api.payouts.list_async({}, {"stripe_account": account.id})
    assert [(payout.amount, payout.status, payout.automatic) for payout in payouts.data] == [(8_500, "paid", True)]
    own = await api.payouts.list_async()
    charge = await charge_of(api, intent)
    fee = cast("stripe.BalanceTransaction", charge.balance_transaction).fee
    assert [payout.amount for payout in own.data] == [10_000 - 8_500 - fee]
    assert (await api.balance.retrieve_async()).available[0].amount == 0


async def test_transfers_stay_within_their_charge(stripe_local: RunningStripe, api: V1Services) -> None:
    account = await connected(api)
    await stripe_local.control.onboard(account.id)
    intent = await pay(api)
    params: Any = {"currency": "nzd", "destination": account.id, "source_transaction": str(intent.latest_charge)}
    await api.transfers.create_async(cast("Any", {**params, "amount": 9_000}))
    with pytest.raises(stripe.InvalidRequestError):
        await api.transfers.create_async(cast("Any", {**params, "amount": 1_001}))
    with pytest.raises(stripe.InvalidRequestError) as caught:
        await api.transfers.create_async({"amount": 1, "currency": "nzd", "destination": account.id})
    assert caught.value.code == "balance_insufficient"


async def test_reversals_stop_at_the_accounts_balance(stripe_local: RunningStripe, api: V1Services) -> None:
    account = await connected(api)
    await stripe_local.control.onboard(account.id)
    intent = await pay(api)
    transfer = await api.transfers.create_async({
        "amount": 8_000, "currency": "nzd", "destination": account.id, "source_transaction": str(intent.latest_charge),
    })  # fmt: skip
    await api.transfers.reversals.create_async(transfer.id, {"amount": 3_000})
    reversed_in_part = await api.transfers.retrieve_async(transfer.id)
    assert (reversed_in_part.amount_reversed, reversed_in_part.reversed) == (3_000, False)
    with pytest.raises(stripe.InvalidRequestError):
        await api.transfers.reversals.create_async(transfer.id, {"amount": 5_001})
    await stripe_local.control.advance(4 * DAY)
    with pytest.raises(stripe.InvalidRequestError) as caught:
        await api.transfers.reversals.create_async(transfer.id)
    assert caught.value.code == "balance_insufficient"


async def test_a_failed_payout_returns_to_the_balance(stripe_local: RunningStripe, api: V1Services) -> None:
    account = await connected(api)
    await stripe_local.control.onboard(account.id)
    await stripe_local.control.onboard(account.id, "payouts_fail")
    intent = await pay(api)
    await api.transfers.create_async({
        "amount": 8_000, "currency": "nzd", "destination": account.id, "source_transaction": str(intent.latest_charge),
    })  # fmt: skip
    await stripe_local.control.advance(4 * DAY)
    scope: Any = {"stripe_account": account.id}
    payouts = await api.payouts.list_async({}, scope)
    assert [(payout.status, payout.failure_code) for payout in payouts.data] == [("failed", "account_closed")]
    assert (await api.balance.retrieve_async({}, scope)).available[0].amount == 8_000
    events = await api.events.list_async({"type": "payout.failed"}, scope)
    assert [event.account for event in events.data] == [account.id]


async def test_a_disputed_charge_is_taken_back_until_won(stripe_local: RunningStripe, api: V1Services) -> None:
    intent = await authorize(api, "pm_card_createDispute")
    await api.payment_intents.capture_async(intent.id)
    dispute = (await api.disputes.list_async({"payment_intent": intent.id})).data[0]
    assert (dispute.amount, dispute.status, dispute.reason) == (10_000, "needs_response", "fraudulent")
    with pytest.raises(stripe.InvalidRequestError) as caught:
        await api.refunds.create_async({"payment_intent": intent.id})
    assert caught.value.code == "charge_disputed"
    await stripe_local.control.close_dispute(dispute.id, "won")
    won = await api.disputes.retrieve_async(dispute.id)
    assert won.status == "won"
    assert sum(entry.amount for entry in won.balance_transactions) == 0
    kinds = [event.type for event in (await api.events.list_async({"limit": 100})).data if "dispute" in event.type]
    assert kinds[::-1] == [
        "charge.dispute.created", "charge.dispute.funds_withdrawn", "charge.dispute.funds_reinstated",
        "charge.dispute.closed",
    ]  # fmt: skip


async def test_an_unanswered_dispute_is_lost(stripe_local: RunningStripe, api: V1Services) -> None:
    await pay(api, "pm_card_createDispute")
    await stripe_local.control.advance(8 * DAY)
    assert [dispute.status for dispute in (await api.disputes.list_async()).data] == ["lost"]


async def test_an_authorization_ends_after_seven_days(stripe_local: RunningStripe, api: V1Services) -> None:
    intent = await authorize(api)
    await stripe_local.control.advance(7 * DAY + 1)
    ended = await api.payment_intents.retrieve_async(intent.id)
    assert (ended.status, ended.cancellation_reason) == ("canceled", "expired")
    assert not (await charge_of(api, intent)).refunded
    assert (await api.refunds.list_async({"payment_intent": intent.id})).data == []
    with pytest.raises(stripe.InvalidRequestError):
        await api.payment_intents.capture_async(intent.id)


async def test_a_refund_can_fail_afterwards(stripe_local: RunningStripe, api: V1Services) -> None:
    await fund(api)
    intent = await pay(api, "pm_card_refundFail")
    refund = await api.refunds.create_async({"payment_intent": intent.id})
    assert refund.status == "succeeded"
    await stripe_local.control.advance(10)
    assert (await api.refunds.retrieve_async(refund.id)).status == "failed"
    assert (await charge_of(api, intent)).amount_refunded == 0


async def test_a_pending_refund_succeeds_later(stripe_local: RunningStripe, api: V1Services) -> None:
    await fund(api)
    intent = await pay(api, "pm_card_pendingRefund")
    refund = await api.refunds.create_async({"payment_intent": intent.id})
    assert (refund.status, refund.pending_reason) == ("pending", "processing")
    await stripe_local.control.advance(10)
    assert (await api.refunds.retrieve_async(refund.id)).status == "succeeded"


async def test_the_dashboard_shows_a_payment(stripe_local: RunningStripe, api: V1Services) -> None:
    intent = await pay(api, metadata={"booking": "<bk_1>"})
    async with httpx.AsyncClient(base_url=stripe_local.url) as browser:
        home = (await browser.get("/")).text
        payment = (await browser.get(f"/payments/{intent.id}")).text
        assert (await browser.get("/payments/pi_none")).status_code == 404
        assert (await browser.get(f"/objects/{intent.latest_charge}")).status_code == 200
    assert intent.id in home
    assert "&lt;bk_1&gt;" in home
    assert str(intent.latest_charge) in payment
    assert "payment_intent.succeeded" in payment
