"""Authorizations that end before the work, at a local Stripe whose clock runs two days behind ours.

What Stripe reports as ``capture_before`` is then two days nearer than the networks' window lets one expect.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from common.application.payments.operations.sync import sync_booking_payment
from common.application.payments.reconciliation.run import reconcile_booking
from common.domain.bookings.booking import ActorKind, Booking, PayoutState
from common.domain.bookings.charges import PaymentState
from common.domain.payments.operations import PaymentMode, Purpose

from tests.integration.webhooks.conftest import CollectingStripeEvents

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import stripe

    from stripe_local.testing import RunningStripe
    from tests.support.money import MoneyBench

BEHIND = timedelta(days=2)


@pytest.fixture
async def late_bench(real_bench: MoneyBench, stripe_server: RunningStripe) -> AsyncIterator[MoneyBench]:
    """A bench whose Stripe is behind."""
    await stripe_server.control.post("/clock", offset_seconds=-BEHIND.total_seconds())
    yield real_bench
    await stripe_server.control.post("/clock", offset_seconds=0)


async def authorized(bench: MoneyBench, client: stripe.StripeClient, starts_in: timedelta) -> Booking:
    """An accepted booking with an authorization that ends two days early."""
    booking = await bench.book(starts_in=starts_in)
    assert booking.first_charge.mode is PaymentMode.AUTHORIZE_NOW
    intent_id = booking.first_charge.payment_intent_id or ""
    await client.v1.payment_intents.confirm_async(intent_id, {"payment_method": "pm_card_visa"})
    booking = await sync_booking_payment(bench.payments, booking.id)
    booking = await bench.perform(booking, "accept", ActorKind.PROVIDER)
    assert booking.payment is PaymentState.AUTHORIZED
    capture_before = booking.first_charge.capture_before
    assert capture_before is not None
    assert capture_before - bench.clock.now() < timedelta(days=5, minutes=1)
    return booking


async def purposes(bench: MoneyBench, booking: Booking) -> list[Purpose]:
    return [each.purpose for each in await bench.payments.operations.list_by_booking(booking.id)]


async def finish(bench: MoneyBench, booking: Booking) -> Booking:
    """From accepted to paid out."""
    bench.clock.set(booking.slot.start_at)
    await bench.perform(booking, "start", ActorKind.PROVIDER, code=booking.start_code)
    booking = await bench.perform(booking, "complete", ActorKind.PROVIDER)
    while booking.payout is not PayoutState.TRANSFERRED:
        booking = await bench.fire(booking)
    bench.container.replace(stripe_event_queue=CollectingStripeEvents())
    assert await reconcile_booking(bench.container.reconciliation, booking) == []
    return booking


async def test_an_authorization_that_ends_well_before_the_work_is_renewed(
    late_bench: MoneyBench, stripe_client: stripe.StripeClient
) -> None:
    bench = late_bench
    booking = await authorized(bench, stripe_client, timedelta(days=5, hours=8))
    first = booking.first_charge.payment_intent_id
    while booking.next_due_action != "renew_authorization":
        booking = await bench.fire(booking)
    booking = await bench.fire(booking)
    assert booking.payment is PaymentState.CARD_SAVED
    assert (await stripe_client.v1.payment_intents.retrieve_async(first or "")).status == "canceled"
    while booking.payment.value != "authorized":
        booking = await bench.fire(booking)
    assert booking.first_charge.payment_intent_id != first
    assert await purposes(bench, booking) == [Purpose.AUTHORIZE, Purpose.VOID, Purpose.AUTHORIZE]
    booking = await finish(bench, booking)
    assert booking.captured_amount == booking.price.total.amount


async def test_an_authorization_that_ends_around_the_work_is_captured_early_and_refunded_where_nothing_is_due(
    late_bench: MoneyBench, stripe_client: stripe.StripeClient
) -> None:
    bench = late_bench
    booking = await authorized(bench, stripe_client, timedelta(days=4, hours=14))
    while booking.next_due_action != "secure_payment":
        booking = await bench.fire(booking)
    booking = await bench.fire(booking)
    assert booking.payment is PaymentState.CAPTURED
    assert booking.payout is PayoutState.HELD
    booking = await bench.perform(booking, "cancel", ActorKind.PROVIDER, reason="Ill")
    assert booking.payment is PaymentState.REFUNDED
    assert await purposes(bench, booking) == [Purpose.AUTHORIZE, Purpose.CAPTURE, Purpose.REFUND]
    assert await bench.ledger_sums(booking) == {
        "stripe": -booking.stripe_fee_amount,
        "stripe_fees": booking.stripe_fee_amount,
    }
