"""Money that goes back and forth at the local Stripe: several transfers, chargebacks, accounts that are not ready."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from common.application.payments.disputes import sync_dispute
from common.application.payments.operations.execute import OperationPostponed, execute_operation
from common.application.payments.operations.sync import sync_booking_payment
from common.application.payments.reconciliation.run import reconcile_booking, reconcile_payments
from common.application.ports.payments.gateway import PaymentIntentStatus
from common.domain.bookings.booking import ActorKind, Booking, PayoutState
from common.domain.bookings.charges import PaymentState
from common.domain.payments.operations import ACCOUNT_NOT_READY, OperationStatus, Purpose
from common.domain.shared.events import Topic

from tests.integration.webhooks.conftest import CollectingStripeEvents
from tests.support.money import MoneyBench

if TYPE_CHECKING:
    import stripe

    from stripe_local.testing import RunningStripe
    from tests.fakes.payment_gateway import FakePaymentGateway

DAY = 86_400


async def completed(bench: MoneyBench, client: stripe.StripeClient) -> Booking:
    booking = await bench.book()
    intent_id = booking.first_charge.payment_intent_id or ""
    await client.v1.payment_intents.confirm_async(intent_id, {"payment_method": "pm_card_visa"})
    booking = await bench.accept_and_start(await sync_booking_payment(bench.payments, booking.id))
    return await bench.perform(booking, "complete", ActorKind.PROVIDER)


async def dispute(bench: MoneyBench, booking: Booking, dispute_id: str) -> Booking:
    """What the webhook's worker makes of a dispute, and the worker of payments after it."""
    await sync_dispute(bench.payments, bench.container.payouts.payouts, dispute_id)
    await bench.work()
    return await bench.read(booking)


async def agree(bench: MoneyBench, booking: Booking) -> None:
    """Bookings, ledger and Stripe's balance transactions say the same."""
    if "stripe_event_queue" not in bench.container.__dict__:
        bench.container.replace(stripe_event_queue=CollectingStripeEvents())
    assert await reconcile_booking(bench.container.reconciliation, await bench.read(booking)) == []


async def test_what_a_won_chargeback_gives_back_is_transferred_again_and_every_transfer_is_known(
    real_bench: MoneyBench, stripe_client: stripe.StripeClient, stripe_server: RunningStripe
) -> None:
    bench = real_bench
    await completed(bench, stripe_client)  # what it brings pays the transfer that no charge can be the source of
    booking = await bench.fire(await completed(bench, stripe_client))
    first = booking.transfers[0]
    assert first.amount == booking.transferred_amount == 11_000
    made = await stripe_server.control.dispute(booking.first_charge.stripe_charge_id or "", amount=3_000)
    booking = await dispute(bench, booking, made["id"])
    assert booking.reversed_amount == 2_640
    await agree(bench, booking)

    await stripe_server.control.close_dispute(made["id"], "won")
    booking = await dispute(bench, booking, made["id"])
    await stripe_server.control.advance(3 * DAY)
    booking = await bench.fire(booking)
    assert [(each.amount, each.reversed_amount) for each in booking.transfers] == [
        (11_000, 2_640),
        (2_640, 0),
    ]
    for transfer in booking.transfers:
        found = await bench.payments.bookings.find_by_stripe_id(transfer.id)
        assert found is not None
        assert found.id == booking.id
    await agree(bench, booking)


async def test_a_lost_chargeback_with_its_fee_agrees_with_stripes_balance(
    real_bench: MoneyBench, stripe_client: stripe.StripeClient, stripe_server: RunningStripe
) -> None:
    booking = await real_bench.fire(await completed(real_bench, stripe_client))
    made = await stripe_server.control.dispute(booking.first_charge.stripe_charge_id or "")
    await stripe_server.control.close_dispute(made["id"], "lost")
    booking = await dispute(real_bench, booking, made["id"])
    assert (await real_bench.ledger_sums(booking))["losses"] == 1_500
    await agree(real_bench, booking)


async def test_a_fee_that_was_captured_and_the_rest_released_agrees_with_stripes_balance(
    real_bench: MoneyBench, stripe_client: stripe.StripeClient
) -> None:
    booking = await real_bench.book(starts_in=timedelta(hours=30))
    intent_id = booking.first_charge.payment_intent_id or ""
    await stripe_client.v1.payment_intents.confirm_async(intent_id, {"payment_method": "pm_card_visa"})
    booking = await real_bench.perform(
        await sync_booking_payment(real_bench.payments, booking.id), "accept", ActorKind.PROVIDER
    )
    booking = await real_bench.perform(booking, "cancel", ActorKind.CUSTOMER, reason="Plans changed")
    assert 0 < booking.captured_amount < 12_500
    await agree(real_bench, booking)


async def test_what_somebody_does_on_stripes_dashboard_is_found_and_told_to_operators(
    real_bench: MoneyBench, stripe_client: stripe.StripeClient
) -> None:
    bench = real_bench
    bench.container.replace(stripe_event_queue=CollectingStripeEvents())
    booking = await bench.fire(await completed(bench, stripe_client))
    bench.clock.advance(days=3)
    while (await reconcile_payments(bench.container.reconciliation, has_time=lambda: True))["BookingsReconciled"]:
        bench.clock.advance(days=1)
    await stripe_client.v1.refunds.create_async(
        {"payment_intent": booking.first_charge.payment_intent_id or "", "amount": 1_000}
    )
    reviews = bench.container.reconciliation.reviews
    made_at = int((await stripe_client.v1.refunds.list_async({"limit": 1})).data[0].created)
    places = bench.container.mongo.collection("verification_runs")
    since = datetime.fromtimestamp(made_at - 60, UTC)
    await places.update_one({"_id": "moved"}, {"$set": {"verified_until": since}})
    bench.publisher.events.clear()
    counts = await reconcile_payments(bench.container.reconciliation, has_time=lambda: True)
    found = [each for each in await reviews.list_open(limit=100, before=None) if each.booking_id == booking.id]
    assert {each.kind.value for each in found} == {"refunded_amount", "stripe_balance"}
    assert counts["NewDiscrepancies"] >= 2
    (mail,) = [each for each in bench.publisher.events if each.topic is Topic.NOTIFICATIONS]
    assert (mail.payload["template"], mail.payload["to_role"]) == ("discrepancies_found", "operator")
    assert any(booking.id in line for line in mail.payload["data"]["lines"])
    bench.publisher.events.clear()
    await places.update_one({"_id": "moved"}, {"$set": {"verified_until": since}})
    assert (await reconcile_payments(bench.container.reconciliation, has_time=lambda: True))["NewDiscrepancies"] == 0
    assert [each for each in bench.publisher.events if each.topic is Topic.NOTIFICATIONS] == []


async def test_a_payout_waits_for_the_account_and_keeps_no_refund_back(
    real_bench: MoneyBench, stripe_client: stripe.StripeClient, stripe_server: RunningStripe
) -> None:
    account = await stripe_client.v1.accounts.create_async(
        {
            "type": "express",
            "country": "NZ",
            "capabilities": {"card_payments": {"requested": True}, "transfers": {"requested": True}},
        }
    )
    bench = await MoneyBench(real_bench.container, account.id).prepare()
    booking = await bench.fire(await completed(bench, stripe_client))
    details = booking.payment_details
    assert (details.needs_attention, details.last_error_code) == (True, ACCOUNT_NOT_READY)
    assert details.retry_at == bench.clock.now() + bench.payments.settings.payment_retry_after
    told = ("booking.payout_waiting", "booking.payment_needs_attention")
    assert bench.told(about=told) == ["booking.payment_needs_attention", "booking.payout_waiting"]

    booking = await bench.perform(booking, "refund", ActorKind.OPERATOR, amount=2_500, reason="Less work")
    assert booking.refunded_amount == 2_500
    assert booking.payment is PaymentState.PARTIALLY_REFUNDED
    assert booking.payment_details.needs_attention
    for _ in range(bench.payments.settings.payment_retry_limit + 2):
        booking = await bench.fire(booking)
        assert booking.payment_details.retry_at is not None

    await stripe_server.control.onboard(account.id)
    booking = await bench.fire(booking)
    assert booking.payout is PayoutState.TRANSFERRED
    assert booking.transferred_amount == 8_800
    await agree(bench, booking)


async def test_an_intent_that_stripe_still_works_on_is_neither_void_nor_captured(
    bench: MoneyBench, gateway: FakePaymentGateway
) -> None:
    booking = await bench.book()
    gateway.confirm(booking.first_charge.payment_intent_id or "")
    booking = await sync_booking_payment(bench.payments, booking.id)
    intent = gateway.intents[booking.first_charge.payment_intent_id or ""]
    gateway.intents[intent.id] = intent.model_copy(update={"status": PaymentIntentStatus.PROCESSING})
    booking = await bench.perform(booking, "decline", ActorKind.PROVIDER, settle=False, reason="Away")
    void = (await bench.payments.operations.list_by_booking(booking.id))[-1]
    assert void.purpose is Purpose.VOID
    with pytest.raises(OperationPostponed):
        await execute_operation(bench.payments, void.id)
    assert (await bench.read(booking)).payment is PaymentState.AUTHORIZED
    gateway.intents[intent.id] = intent
    bench.publisher.events.clear()
    await bench.recover()
    bench.clock.advance(minutes=1)
    await sync_booking_payment(bench.payments, booking.id)
    stored = await bench.payments.operations.get(void.id)
    assert stored is not None
    assert stored.status is OperationStatus.SUCCEEDED
    assert gateway.intents[intent.id].status is PaymentIntentStatus.CANCELED


async def test_with_an_extra_each_charge_is_disputed_refunded_and_paid_out_by_itself(
    real_bench: MoneyBench, stripe_client: stripe.StripeClient, stripe_server: RunningStripe
) -> None:
    bench = real_bench
    booking = await bench.book()
    intent_id = booking.first_charge.payment_intent_id or ""
    await stripe_client.v1.payment_intents.confirm_async(intent_id, {"payment_method": "pm_card_visa"})
    booking = await bench.accept_and_start(await sync_booking_payment(bench.payments, booking.id))
    await bench.perform(booking, "propose_extra", ActorKind.PROVIDER, label="More", amount=3_000)
    booking = await bench.perform(booking, "accept_extra", ActorKind.CUSTOMER)
    assert booking.charges[1].state is PaymentState.AUTHORIZED
    booking = await bench.fire(await bench.perform(booking, "complete", ActorKind.PROVIDER))
    own, extra = booking.charges
    assert [(each.captured_amount, each.transferred_amount) for each in (own, extra)] == [
        (12_500, 11_000),
        (3_000, 2_640),
    ]
    made = await stripe_client.v1.transfers.list_async({"transfer_group": booking.id})
    assert {each.source_transaction for each in made.data} <= {own.stripe_charge_id, extra.stripe_charge_id}
    await agree(bench, booking)

    lost = await stripe_server.control.dispute(extra.stripe_charge_id or "")
    booking = await dispute(bench, booking, lost["id"])
    assert [each.charged_back_amount for each in booking.charges] == [0, 3_000]
    assert [each.reversed_amount for each in booking.charges] == [0, 2_640]
    await agree(bench, booking)
    booking = await bench.perform(booking, "refund", ActorKind.OPERATOR, amount=2_500, reason="A window was missed")
    assert [each.refunded_amount for each in booking.charges] == [2_500, 0]
    assert [each.transferred_amount - each.reversed_amount for each in booking.charges] == [8_800, 0]
    await agree(bench, booking)
