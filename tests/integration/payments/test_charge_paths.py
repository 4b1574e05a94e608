"""The ways a booking is paid, from the card to the provider, on the fake gateway and a real database."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from common.application.payments.intents import ensure_intent, pending_action
from common.application.payments.operations.sync import confirm_booking_payment, sync_booking_payment
from common.domain.bookings.booking import ActorKind, BookingStatus, PayoutState
from common.domain.bookings.charges import PaymentState
from common.domain.payments.operations import OperationStatus, PaymentMode, Purpose

if TYPE_CHECKING:
    from common.domain.bookings.booking import Booking

    from tests.fakes.payment_gateway import FakePaymentGateway
    from tests.support.money import MoneyBench

FAR = timedelta(days=20)


async def paid(bench: MoneyBench, gateway: FakePaymentGateway, booking: Booking, card: str = "pm_card_visa") -> Booking:
    """The customer's client confirms, and the booking is brought up to date."""
    intent_id = booking.first_charge.payment_intent_id or booking.first_charge.setup_intent_id
    assert intent_id is not None
    gateway.confirm(intent_id, card)
    return await sync_booking_payment(bench.payments, booking.id)


async def test_a_booking_is_held_captured_and_transferred(bench: MoneyBench, gateway: FakePaymentGateway) -> None:
    booking = await bench.book()
    assert booking.first_charge.mode is PaymentMode.AUTHORIZE_NOW
    assert booking.payment is PaymentState.ACTION_REQUIRED
    action = await pending_action(bench.payments, booking)
    assert action is not None
    assert action.client_secret

    booking = await paid(bench, gateway, booking)
    assert booking.status is BookingStatus.REQUESTED
    assert booking.payment is PaymentState.AUTHORIZED
    assert booking.authorized_amount == 12_500
    assert await pending_action(bench.payments, booking) is None

    booking = await bench.accept_and_start(booking)
    booking = await bench.perform(booking, "complete", ActorKind.PROVIDER)
    assert booking.payment is PaymentState.CAPTURED
    assert booking.payout is PayoutState.HELD

    booking = await bench.fire(booking)
    assert booking.status is BookingStatus.SETTLED
    assert booking.payout is PayoutState.TRANSFERRED
    assert booking.transferred_amount == 11_000
    sums = await bench.ledger_sums(booking)
    assert sums["commission"] == -1_500
    assert sums["stripe"] == 12_500 - 11_000 - booking.stripe_fee_amount
    assert "held" not in sums


async def test_a_far_booking_saves_the_card_and_authorizes_later(
    bench: MoneyBench, gateway: FakePaymentGateway
) -> None:
    booking = await bench.book(starts_in=FAR)
    assert booking.first_charge.mode is PaymentMode.SAVE_CARD
    booking = await paid(bench, gateway, booking)
    assert booking.status is BookingStatus.REQUESTED
    assert booking.payment is PaymentState.CARD_SAVED
    booking = await bench.perform(booking, "accept", ActorKind.PROVIDER)
    booking = await bench.fire(booking)
    assert booking.payment is PaymentState.AUTHORIZED
    assert booking.authorized_amount == 12_500


async def test_an_off_session_card_that_wants_its_owner_becomes_an_action(
    bench: MoneyBench, gateway: FakePaymentGateway
) -> None:
    booking = await bench.book(starts_in=FAR)
    intent_id = booking.first_charge.setup_intent_id
    assert intent_id is not None
    gateway.confirm(intent_id, "pm_card_authenticationRequired")
    gateway.authenticate(intent_id)
    booking = await sync_booking_payment(bench.payments, booking.id)
    booking = await bench.perform(booking, "accept", ActorKind.PROVIDER)
    booking = await bench.fire(booking)
    assert booking.payment is PaymentState.ACTION_REQUIRED
    assert "booking.payment_action_required" in bench.told()

    action = await pending_action(bench.payments, booking)
    assert action is not None
    assert action.kind == "payment_intent"
    gateway.confirm(action.intent_id)
    booking, left = await confirm_booking_payment(bench.payments, booking.id)
    assert booking.payment is PaymentState.AUTHORIZED
    assert left is None


async def test_a_declined_card_gives_advice_and_another_one_pays(
    bench: MoneyBench, gateway: FakePaymentGateway
) -> None:
    booking = await bench.book()
    booking = await paid(bench, gateway, booking, "pm_card_chargeDeclinedInsufficientFunds")
    assert booking.status is BookingStatus.PENDING_PAYMENT
    assert booking.payment_details.last_error_code == "insufficient_funds"
    assert "not enough money" in (booking.payment_details.last_error_message or "")
    booking = await paid(bench, gateway, booking)
    assert booking.status is BookingStatus.REQUESTED
    assert booking.payment_details.last_error_code is None


async def test_a_declined_saved_card_keeps_the_booking_open_for_another(
    bench: MoneyBench, gateway: FakePaymentGateway
) -> None:
    booking = await bench.book(payment_method_id="pm_card_chargeDeclined")
    assert booking.status is BookingStatus.PENDING_PAYMENT
    assert booking.payment is PaymentState.FAILED
    action = await pending_action(bench.payments, booking)
    assert action is not None
    booking = await paid(bench, gateway, booking)
    assert booking.status is BookingStatus.REQUESTED


async def test_a_declined_request_releases_the_hold(bench: MoneyBench, gateway: FakePaymentGateway) -> None:
    booking = await paid(bench, gateway, await bench.book())
    booking = await bench.perform(booking, "decline", ActorKind.PROVIDER, reason="Away that day")
    assert booking.payment is PaymentState.NONE
    assert booking.authorized_amount == 0
    intent_id = booking.first_charge.payment_intent_id
    assert intent_id is not None
    assert gateway.intents[intent_id].status == "canceled"
    assert await bench.ledger_sums(booking) == {}


async def test_a_late_cancellation_captures_the_fee_and_releases_the_rest(
    bench: MoneyBench, gateway: FakePaymentGateway
) -> None:
    booking = await paid(bench, gateway, await bench.book(starts_in=timedelta(hours=30)))
    booking = await bench.perform(booking, "accept", ActorKind.PROVIDER)
    booking = await bench.perform(booking, "cancel", ActorKind.CUSTOMER, reason="Plans changed")
    details = booking.payment_details
    assert details.due_amount is not None
    assert 0 < details.due_amount < 12_500
    assert booking.captured_amount == details.due_amount
    booking = await bench.fire(booking)
    assert booking.payout is PayoutState.TRANSFERRED


async def test_a_fee_is_charged_to_a_saved_card(bench: MoneyBench, gateway: FakePaymentGateway) -> None:
    booking = await paid(bench, gateway, await bench.book(starts_in=FAR))
    booking = await bench.perform(booking, "accept", ActorKind.PROVIDER)
    bench.clock.set(booking.slot.start_at - timedelta(hours=49))
    booking = await bench.perform(booking, "cancel", ActorKind.CUSTOMER, reason="Plans changed")
    details = booking.payment_details
    assert details.due_amount
    assert booking.captured_amount == details.due_amount
    assert booking.payment is PaymentState.CAPTURED


async def test_a_refund_after_the_transfer_reverses_it_or_books_a_debt(
    bench: MoneyBench, gateway: FakePaymentGateway
) -> None:
    for short in (False, True):
        booking = await paid(bench, gateway, await bench.book())
        booking = await bench.accept_and_start(booking)
        booking = await bench.perform(booking, "complete", ActorKind.PROVIDER)
        booking = await bench.fire(booking)
        gateway.short_balance = short
        booking = await bench.perform(booking, "refund", ActorKind.OPERATOR, amount=5_000, reason="Half the work")
        details = booking.payment_details
        assert booking.payment is PaymentState.PARTIALLY_REFUNDED
        assert booking.refunded_amount == 5_000
        assert (booking.reversed_amount > 0) is not short
        assert (details.debt_amount > 0) is short
        assert (booking.payout is PayoutState.DEBT) is short
        await bench.ledger_sums(booking)


async def test_a_booking_nobody_pays_is_voided_when_it_expires(bench: MoneyBench, gateway: FakePaymentGateway) -> None:
    booking = await bench.book()
    booking = await bench.fire(booking)
    assert booking.status is BookingStatus.PAYMENT_EXPIRED
    operations = await bench.payments.operations.list_by_booking(booking.id)
    assert {each.purpose: each.status for each in operations} == {
        Purpose.AUTHORIZE: OperationStatus.CANCELED,
        Purpose.VOID: OperationStatus.SUCCEEDED,
    }
    assert all(intent.status == "canceled" for intent in gateway.intents.values())


async def test_asking_again_for_the_intent_makes_no_second_one(bench: MoneyBench, gateway: FakePaymentGateway) -> None:
    booking = await bench.book()
    for _ in range(3):
        booking, action = await ensure_intent(bench.payments, booking)
        assert action is not None
    assert len(gateway.intents) == 1
