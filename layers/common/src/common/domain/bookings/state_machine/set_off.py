"""What a provider owes is set off against their share of another booking, before that is transferred."""

from collections.abc import Sequence
from datetime import datetime

from common.domain.bookings import notifications
from common.domain.bookings.booking import Booking, BookingChange
from common.domain.bookings.ledger_entries import Entry
from common.domain.bookings.settings import BookingSettings
from common.domain.bookings.state_machine.context import SYSTEM, in_flight
from common.domain.bookings.state_machine.money_plan import paid_debt
from common.domain.bookings.state_machine.outcome import begin, finalize, to_change
from common.domain.payments.operations import OperationStatus, PaymentOperation, Purpose

#: Why a transfer was not made: its money paid what the provider owes.
SET_OFF = "set_off"


def apply_set_off(
    booking: Booking, operation: PaymentOperation, owing: Sequence[Booking], now: datetime, settings: BookingSettings
) -> list[BookingChange]:
    """Pay debts out of a transfer that nobody has asked Stripe for yet; the rest is planned as a transfer of its own.

    Args:
        booking: the booking whose share is about to be transferred, as stored.
        operation: that transfer, as stored and taken by the caller.
        owing: bookings of which the provider owes something, as stored; the first is paid first.
        now: the present instant.
        settings: windows and limits.

    Returns:
        The changes, which only together keep the books: the payer's first, then one for each debt. Empty where nothing
        is owed, or the transfer is not the booking's open one.
    """
    opened = next((each for each in booking.payment_details.open_operations if each.id == operation.id), None)
    if opened is None or operation.purpose is not Purpose.TRANSFER:
        return []
    changes: list[BookingChange] = []
    left = opened.amount
    for each in owing:
        paid = min(left, each.payment_details.debt_amount) if _may_be_paid(each, booking) else 0
        if paid:
            changes.append(_debt_paid(each, booking, paid, now, settings))
            left -= paid
    if not changes:
        return []
    return [_payer(booking, operation, opened.amount - left, now, settings), *changes]


def _may_be_paid(owing: Booking, payer: Booking) -> bool:
    """A debt whose reversal is being tried waits for what comes of that."""
    same = (owing.provider_id, owing.price.total.currency) == (payer.provider_id, payer.price.total.currency)
    return same and owing.id != payer.id and not in_flight(owing)


def _payer(
    booking: Booking, operation: PaymentOperation, paid: int, now: datetime, settings: BookingSettings
) -> BookingChange:
    details = booking.payment_details
    draft = begin(booking, now)
    draft = draft.post(Entry(booking, operation.charge_id, now, operation_id=operation.id).set_off(paid)).with_payment(
        set_off_amount=details.set_off_amount + paid,
        open_operations=[each for each in details.open_operations if each.id != operation.id],
    )
    ended = {"status": OperationStatus.CANCELED, "failure_code": SET_OFF, "next_try_at": None, "updated_at": now}
    draft = draft.record(operation.model_copy(update=ended))
    draft = finalize(draft, settings).notify(notifications.DEBT_SET_OFF, amount=paid)
    return to_change(booking, draft, SYSTEM, "set_off", "The provider's share paid what they owe of other bookings.")


def _debt_paid(owing: Booking, payer: Booking, paid: int, now: datetime, settings: BookingSettings) -> BookingChange:
    details = owing.payment_details
    draft = begin(owing, now).post(Entry(owing, owing.first_charge.id, now).debt_set_off(paid))
    draft = draft.with_payment(**paid_debt(details, paid), set_off_amount=details.set_off_amount - paid)
    note = f"What the provider owes was paid out of their share of {payer.id}."
    return to_change(owing, finalize(draft, settings), SYSTEM, "debt_set_off", note)
