"""Refunds that fail after they were made, up to a month later (https://docs.stripe.com/refunds#failed-refunds)."""

from datetime import datetime

from common.domain.bookings import notifications
from common.domain.bookings.booking import Booking, BookingChange
from common.domain.bookings.charges import net_paid, paid_state
from common.domain.bookings.ledger_entries import Entry
from common.domain.bookings.settings import BookingSettings
from common.domain.bookings.state_machine.context import SYSTEM, Draft, in_flight
from common.domain.bookings.state_machine.money_plan import plan_money
from common.domain.bookings.state_machine.outcome import begin, finalize, to_change
from common.domain.payments.operations import OperationStatus, PaymentOperation, PaymentResult, Purpose


def apply_refund_failure(
    booking: Booking, operation: PaymentOperation, result: PaymentResult, now: datetime, settings: BookingSettings
) -> BookingChange | None:
    """Decide what it means that a refund which had succeeded has failed: its money is back on our balance.

    It is booked back, and a person is asked, because another try to the same card would fail the same way. What an
    operator had given back on their own account is due again, so the provider whose share was taken back for it gets it
    again; what the customer is owed by the booking's end stays with us until it is refunded another time. Which of both
    this refund was is kept with the operation.

    Args:
        booking: the booking as stored now; nothing may be in flight.
        operation: the refund as stored.
        result: what Stripe says of it now.
        now: the present instant.
        settings: windows and limits.

    Returns:
        The change with the operation failed, or ``None`` where it has been applied before or the refund has not failed.

    Raises:
        ValueError: an operation is in flight; what it comes to has to be known first.
    """
    has_failed = result.status is OperationStatus.FAILED and operation.status is OperationStatus.SUCCEEDED
    if operation.purpose is not Purpose.REFUND or not has_failed:
        return None
    if in_flight(booking):
        raise ValueError("an operation of the booking is in flight")
    amount = min(operation.amount.amount, booking.charge(operation.charge_id).refunded_amount)
    draft = _book_back(begin(booking, now), operation, result, amount)
    draft = _attend(draft if _is_customer_owed(draft.booking) else plan_money(draft))
    failed = {"status": OperationStatus.FAILED, "failure_code": result.failure_code, "updated_at": now}
    draft = finalize(draft.record(operation.model_copy(update=failed)), settings)
    draft = draft.notify(notifications.REFUND_FAILED, purpose=Purpose.REFUND.value, amount=amount)
    return to_change(booking, draft, SYSTEM, "refund_failed", "A refund could not be carried out; its money came back.")


def _book_back(draft: Draft, operation: PaymentOperation, result: PaymentResult, amount: int) -> Draft:
    details, charge = draft.booking.payment_details, draft.booking.charge(operation.charge_id)
    due, restored = details.due_amount, min(amount, operation.given_back_amount)
    once_more = min(amount, charge.lost_twice_amount)
    entry = Entry(draft.booking, charge.id, draft.now, operation_id=operation.id, stripe_id=operation.stripe_id)
    draft = draft.post([*entry.refund_failed(amount), *entry.charged_back(once_more), *entry.loss(-once_more)])
    draft = draft.with_charge(
        charge.id,
        refunded_amount=charge.refunded_amount - amount,
        refund_failed_amount=charge.refund_failed_amount + amount,
        charged_back_amount=charge.charged_back_amount + once_more,
        lost_twice_amount=charge.lost_twice_amount - once_more,
    )
    draft = draft.with_payment(
        given_back_amount=details.given_back_amount - restored,
        due_amount=None if due is None else due + restored,
        last_error_code=result.failure_code,
    )
    return draft.with_charge(charge.id, state=paid_state(draft.booking.charge(charge.id)))


def _is_customer_owed(booking: Booking) -> bool:
    due = booking.payment_details.due_amount
    return due is not None and net_paid(booking) > due


def _attend(draft: Draft) -> Draft:
    return draft.with_payment(needs_attention=True, retry_at=None, failures=draft.booking.payment_details.failures + 1)
