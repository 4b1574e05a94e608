"""What depends on the platform's own account: country, settlement currencies, payouts, approvals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import httpx
import pytest
import stripe

from support.payments import charge_of, connected, fund, pay

if TYPE_CHECKING:
    from stripe._v1_services import V1Services

    from stripe_local.testing import RunningStripe

DAY = 86_400


async def onboarded(server: RunningStripe, api: V1Services, **params: Any) -> str:
    """A connected account that money can be sent to."""
    account = await connected(api, **params)
    await server.control.onboard(account.id)
    return account.id


async def send(api: V1Services, account: str, intent: stripe.PaymentIntent, **params: Any) -> stripe.Transfer:
    """Transfer ten dollars of a payment."""
    given: dict[str, Any] = {
        "amount": 1_000, "currency": "nzd", "destination": account, "source_transaction": str(intent.latest_charge),
        **params,
    }  # fmt: skip
    return await api.transfers.create_async(cast("Any", given))


async def test_an_approved_platform_may_have_accounts_that_only_receive(
    stripe_local: RunningStripe, api: V1Services
) -> None:
    only: Any = {"capabilities": {"transfers": {"requested": True}}}
    with pytest.raises(stripe.InvalidRequestError, match="without the `card_payments` capability"):
        await connected(api, **only)
    account = await connected(api)
    with pytest.raises(stripe.InvalidRequestError):
        await api.accounts.update_async(account.id, {"capabilities": {"card_payments": {"requested": False}}})
    await stripe_local.control.settings(transfers_only=True)
    assert (await connected(api, **only)).capabilities


async def test_transfers_stay_within_the_platforms_region(stripe_local: RunningStripe, api: V1Services) -> None:
    away = await onboarded(stripe_local, api, country="AU")
    intent = await pay(api)
    with pytest.raises(stripe.InvalidRequestError, match="located in AU"):
        await send(api, away, intent)
    with pytest.raises(stripe.InvalidRequestError) as caught:
        await connected(api, country="JM")
    assert (caught.value.code, caught.value.param) == ("country_unsupported", "country")


@pytest.mark.parametrize(
    ("platform", "account", "is_possible"),
    [("DE", "US", True), ("US", "GB", True), ("CA", "CH", True), ("US", "NZ", False), ("JP", "US", False)],
)
async def test_some_regions_send_to_each_other(
    stripe_local: RunningStripe, api: V1Services, platform: str, account: str, *, is_possible: bool
) -> None:
    await stripe_local.control.settings(country=platform)
    destination = await onboarded(stripe_local, api, country=account)
    home = str((await api.balance.retrieve_async()).available[0].currency)
    intent = await pay(api, currency=home)
    if not is_possible:
        with pytest.raises(stripe.InvalidRequestError):
            await send(api, destination, intent, currency=home)
        return
    transfer = await send(api, destination, intent, currency=home)
    scope: Any = {"stripe_account": destination}
    held = (await api.balance.retrieve_async({}, scope)).pending[0]
    assert held.currency != home
    assert held.amount > 0
    await api.transfers.reversals.create_async(transfer.id)
    assert (await api.balance.retrieve_async({}, scope)).pending[0].amount == 0


async def test_a_foreign_charge_is_converted_and_sent_on_in_the_settlement_currency(
    stripe_local: RunningStripe, api: V1Services
) -> None:
    await stripe_local.control.settings(rates={"aud": 1.5, "nzd": 1.65}, conversion_fee_basis_points=0)
    account = await onboarded(stripe_local, api)
    intent = await pay(api, currency="aud")
    charge = await charge_of(api, intent)
    entry = cast("stripe.BalanceTransaction", charge.balance_transaction)
    assert (charge.currency, charge.amount) == ("aud", 10_000)
    assert (entry.currency, entry.amount, entry.exchange_rate) == ("nzd", 11_000, 1.1)
    assert entry.fee == 11_000 * 29 // 1_000 + 30
    with pytest.raises(stripe.InvalidRequestError, match="balance transaction"):
        await send(api, account, intent, currency="aud")
    assert (await send(api, account, intent, amount=11_000)).currency == "nzd"


async def test_refunds_and_disputes_of_a_foreign_charge_settle_at_its_rate(
    stripe_local: RunningStripe, api: V1Services
) -> None:
    await stripe_local.control.settings(rates={"aud": 1.5, "nzd": 1.65}, conversion_fee_basis_points=0)
    await fund(api)
    intent = await pay(api, currency="aud")
    refund = await api.refunds.create_async(
        {"payment_intent": intent.id, "amount": 1_000, "expand": ["balance_transaction"]}
    )
    entry = cast("stripe.BalanceTransaction", refund.balance_transaction)
    assert (refund.currency, entry.currency, entry.amount) == ("aud", "nzd", -1_100)
    dispute = await stripe_local.control.dispute(str(intent.latest_charge))
    assert (dispute["currency"], dispute["amount"]) == ("aud", 9_000)
    assert [(each["currency"], each["amount"]) for each in dispute["balance_transactions"]] == [("nzd", -9_900)]


async def test_a_bank_account_in_a_currency_keeps_it(stripe_local: RunningStripe, api: V1Services) -> None:
    await stripe_local.control.settings(settlement_currencies=["aud"])
    charge = await charge_of(api, await pay(api, currency="aud"))
    entry = cast("stripe.BalanceTransaction", charge.balance_transaction)
    assert (entry.currency, entry.amount, entry.exchange_rate) == ("aud", 10_000, None)


async def test_a_refund_that_finds_no_funds_waits_for_them(stripe_local: RunningStripe, api: V1Services) -> None:
    await stripe_local.control.settings(payouts="manual")
    intent = await pay(api)
    refund = await api.refunds.create_async({"payment_intent": intent.id, "amount": 4_000})
    assert (refund.status, refund.pending_reason, refund.balance_transaction) == ("pending", "insufficient_funds", None)
    with pytest.raises(stripe.InvalidRequestError):
        await api.refunds.create_async({"payment_intent": intent.id, "amount": 6_001})
    await stripe_local.control.advance(3 * DAY)
    done = await api.refunds.retrieve_async(refund.id)
    assert (done.status, done.pending_reason) == ("succeeded", None)
    assert done.balance_transaction
    events = await api.events.list_async({"types": ["refund.created", "refund.updated"]})
    assert [event.type for event in events.data] == ["refund.updated", "refund.created"]


async def test_a_refund_may_wait_in_vain(stripe_local: RunningStripe, api: V1Services) -> None:
    await stripe_local.control.settings(refund_waits_days=1)
    intent = await pay(api)
    refund = await api.refunds.create_async({"payment_intent": intent.id})
    await stripe_local.control.advance(DAY + 1)
    failed = await api.refunds.retrieve_async(refund.id)
    assert (failed.status, failed.failure_reason, failed.failure_balance_transaction) == (
        "failed", "insufficient_funds", None,
    )  # fmt: skip
    assert (await charge_of(api, intent)).amount_refunded == 0


async def test_stripe_may_take_what_a_refund_lacks_from_the_bank(stripe_local: RunningStripe, api: V1Services) -> None:
    await stripe_local.control.settings(refunds_debit_bank=True)
    refund = await api.refunds.create_async({"payment_intent": (await pay(api)).id})
    assert refund.status == "succeeded"
    assert (await api.balance.retrieve_async()).available[0].amount == -10_000


@pytest.mark.parametrize(("payouts", "is_possible"), [("daily", False), ("manual", True)])
async def test_what_was_paid_out_cannot_be_transferred(
    stripe_local: RunningStripe, api: V1Services, payouts: str, *, is_possible: bool
) -> None:
    """Transfers without a source need the available balance, which daily payouts empty."""
    await stripe_local.control.settings(payouts=payouts)
    account = await onboarded(stripe_local, api)
    await pay(api)
    await stripe_local.control.advance(4 * DAY)
    params: Any = {"amount": 1_000, "currency": "nzd", "destination": account}
    if is_possible:
        assert (await api.transfers.create_async(params)).amount == 1_000
    else:
        with pytest.raises(stripe.InvalidRequestError) as caught:
            await api.transfers.create_async(params)
        assert caught.value.code == "balance_insufficient"


async def test_settings_that_make_no_sense_are_refused(stripe_local: RunningStripe) -> None:
    async with httpx.AsyncClient(base_url=stripe_local.url) as client:
        for wrong in ({"country": "XX"}, {"payouts": "weekly"}, {"no_such": 1}):
            assert (await client.post("/_control/settings", json=wrong)).status_code == 400
        assert (await client.get("/_control/settings")).json()["country"] == "NZ"
