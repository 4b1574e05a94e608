"""When the system acts automatically: each timer gives the instant it is armed for, or ``None``."""

from collections.abc import Callable
from datetime import datetime

from common.domain.bookings.booking import Booking, BookingStatus, ReviewState
from common.domain.bookings.charges import PaymentState, kept_amount
from common.domain.bookings.settings import BookingSettings
from common.domain.bookings.state_machine.charge_states import first_to_lapse, is_reversible
from common.domain.bookings.state_machine.context import Context, in_flight
from common.domain.shared.state_machine import Timer

UNPAID = frozenset({PaymentState.NONE, PaymentState.CARD_SAVED, PaymentState.ACTION_REQUIRED, PaymentState.FAILED})


def _authorize(booking: Booking, settings: BookingSettings) -> datetime | None:
    is_saved = any(each.state is PaymentState.CARD_SAVED and not each.has_lapsed for each in booking.charges)
    if not is_saved or booking.payment_details.open_operations:
        return None
    return booking.slot.start_at - settings.authorize_before_start


def _payment_default(booking: Booking, settings: BookingSettings) -> datetime | None:
    if booking.first_charge.state not in UNPAID or in_flight(booking):
        return None
    return booking.slot.start_at - settings.payment_default_before_start


def _lapses(booking: Booking, settings: BookingSettings) -> datetime | None:
    """When we stop relying on the authorization; ``None`` without one or while an operation runs."""
    charge = first_to_lapse(booking)
    if charge is None or in_flight(booking) or charge.capture_before is None:
        return None
    return None if booking.payment_details.needs_attention else charge.capture_before - settings.authorization_margin


def _renew(booking: Booking, settings: BookingSettings) -> datetime | None:
    at = _lapses(booking, settings)
    return at if at and at < booking.slot.start_at - settings.payment_default_before_start else None


def _secure(booking: Booking, settings: BookingSettings) -> datetime | None:
    at = _lapses(booking, settings)
    if at and booking.status is BookingStatus.ACCEPTED and _renew(booking, settings):
        return None
    return at


def _remind(booking: Booking, settings: BookingSettings) -> datetime | None:
    pending = [at for name, at in reminder_times(booking, settings) if name not in booking.reminders_sent]
    return min(pending, default=None)


def reminder_times(booking: Booking, settings: BookingSettings) -> list[tuple[str, datetime]]:
    """Name and instant of each reminder that lies after the acceptance of the booking."""
    start = booking.slot.start_at
    times = [("first", start - settings.first_reminder), ("second", start - settings.second_reminder)]
    return [(name, at) for name, at in times if booking.accepted_at is not None and at > booking.accepted_at]


def _expire_reschedule(booking: Booking, _: BookingSettings) -> datetime | None:
    return booking.reschedule.expires_at if booking.reschedule else None


def _apply_no_show(booking: Booking, _: BookingSettings) -> datetime | None:
    decided = booking.payment_details.due_amount is not None
    return None if decided or booking.no_show is None else booking.no_show.contest_until


def _settle(booking: Booking, settings: BookingSettings) -> datetime | None:
    if booking.payment_details.due_amount is None or in_flight(booking):
        return None
    return booking.slot.end_at + settings.settle_after


def _release_fee(booking: Booking, settings: BookingSettings) -> datetime | None:
    """Also where the commission takes the whole fee: somebody has to book it as that."""
    details = booking.payment_details
    releasable = min(kept_amount(booking), details.due_amount or 0) > 0 and not details.is_payout_released
    if not releasable or in_flight(booking) or booking.cancelled_at is None:
        return None
    return booking.cancelled_at + settings.settle_after


def _expire_dispute(booking: Booking, settings: BookingSettings) -> datetime | None:
    if booking.dispute is None or in_flight(booking):
        return None
    return booking.dispute.opened_at + settings.dispute_deadline


def _close_ratings(booking: Booking, settings: BookingSettings) -> datetime | None:
    if booking.review is not ReviewState.OPEN or booking.completed_at is None:
        return None
    return booking.completed_at + settings.ratings_window


def _retry_payment(booking: Booking, _: BookingSettings) -> datetime | None:
    return booking.payment_details.retry_at if booking.payment_details.needs_attention else None


def _collect_debt(booking: Booking, _: BookingSettings) -> datetime | None:
    details = booking.payment_details
    waits = in_flight(booking) or details.needs_attention or not is_reversible(booking)
    return None if waits or not details.debt_amount else details.debt_retry_at


def _timer(text: str, at: Callable[[Booking, BookingSettings], datetime | None]) -> Timer[Context]:
    """A timer that sees booking and settings alone, so that it cannot depend on when it is asked."""
    return Timer(text, lambda context: at(context.booking, context.settings))


EXPIRE_PAYMENT = _timer(
    "{payment_hold} after creation, or as an accepted offer says", lambda booking, _: booking.hold_expires_at
)
EXPIRE = _timer("the deadline for accepting", lambda booking, _: booking.accept_by)
AUTHORIZE = _timer("{authorize_before_start} before the start, with a saved card", _authorize)
PAYMENT_DEFAULT = _timer("{payment_default_before_start} before the start, still unpaid", _payment_default)
RENEW_AUTHORIZATION = _timer("{authorization_margin} before the authorization ends, well before the start", _renew)
SECURE_PAYMENT = _timer("{authorization_margin} before the authorization ends", _secure)
EXPIRE_RESCHEDULE = _timer("{reschedule_hold} after the proposal, or its cut-off", _expire_reschedule)
REMIND = _timer("{first_reminder} and {second_reminder} before the start", _remind)
COMPLETE = _timer(
    "{complete_after_end} after the end", lambda booking, settings: booking.slot.end_at + settings.complete_after_end
)
FLAG_UNSTARTED = _timer(
    "{unstarted_after_end} after the end", lambda booking, settings: booking.slot.end_at + settings.unstarted_after_end
)
APPLY_NO_SHOW = _timer("{no_show_contest} after the report", _apply_no_show)
SETTLE = _timer("{settle_after} after the end, nothing open", _settle)
RELEASE_FEE = _timer("{settle_after} after the cancellation, the fee being captured", _release_fee)
EXPIRE_DISPUTE = _timer("{dispute_deadline} after it was opened", _expire_dispute)
CLOSE_RATINGS = _timer("{ratings_window} after completion", _close_ratings)
RETRY_PAYMENT = _timer(
    "{payment_retry_after} after a failure, at most {payment_retry_limit} times; a payout account is waited for",
    _retry_payment,
)
COLLECT_DEBT = _timer(
    "{payment_retry_after} after the reversal was refused, then twice as long, at most {payment_retry_limit} times",
    _collect_debt,
)
