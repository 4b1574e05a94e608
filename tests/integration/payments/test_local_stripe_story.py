"""One booking's money through the product's client at the local Stripe."""

from __future__ import annotations

from typing import TYPE_CHECKING

from common.application.payments.operations.sync import sync_booking_payment
from common.domain.bookings.booking import ActorKind, BookingStatus, PayoutState
from common.domain.bookings.charges import PaymentState

if TYPE_CHECKING:
    import stripe

    from tests.support.money import MoneyBench


async def test_card_to_bank_and_back(real_bench: MoneyBench, stripe_client: stripe.StripeClient) -> None:
    bench = real_bench
    booking = await bench.book()
    intent_id = booking.first_charge.payment_intent_id
    assert intent_id is not None
    await stripe_client.v1.payment_intents.confirm_async(intent_id, {"payment_method": "pm_card_visa"})
    booking = await sync_booking_payment(bench.payments, booking.id)
    assert booking.status is BookingStatus.REQUESTED
    assert booking.first_charge.capture_before is not None

    booking = await bench.accept_and_start(booking)
    booking = await bench.perform(booking, "complete", ActorKind.PROVIDER)
    assert booking.payment is PaymentState.CAPTURED
    assert booking.stripe_fee_amount > 0
    booking = await bench.fire(booking)
    assert booking.payout is PayoutState.TRANSFERRED
    booking = await bench.perform(booking, "refund", ActorKind.OPERATOR, amount=2_500, reason="A window was missed")

    transfer = await stripe_client.v1.transfers.retrieve_async(booking.transfers[0].id)
    refunds = await stripe_client.v1.refunds.list_async({"payment_intent": intent_id})
    assert sum(each.amount for each in refunds.data) == booking.refunded_amount == 2_500
    assert transfer.amount == booking.transferred_amount
    assert transfer.amount_reversed == booking.reversed_amount
    sums = await bench.ledger_sums(booking)
    kept = booking.captured_amount - booking.refunded_amount
    assert -sums["commission"] + booking.transferred_amount - booking.reversed_amount == kept
