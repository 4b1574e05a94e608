"""When the system acts by itself: each timer gives the instant it is armed for, or ``None``."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from common.domain.booking_machine.context import in_flight
from common.domain.booking_settings import BookingSettings
from common.domain.bookings import Booking, BookingStatus, PaymentState, PayoutState, ReviewState

UNPAID = frozenset({PaymentState.NONE, PaymentState.CARD_SAVED, PaymentState.ACTION_REQUIRED, PaymentState.FAILED})


@dataclass(frozen=True)
class Timer:
    """A named instant. ``at`` is pure; the status of the row is checked before it is asked."""

    text: str
    at: Callable[[Booking, BookingSettings], datetime | None]


def _authorize(booking: Booking, settings: BookingSettings) -> datetime | None:
    if booking.payment is not PaymentState.CARD_SAVED or booking.payment_details.open_operations:
        return None
    return booking.slot.start_at - settings.authorize_before_start


def _payment_default(booking: Booking, settings: BookingSettings) -> datetime | None:
    if booking.payment not in UNPAID or in_flight(booking):
        return None
    return booking.slot.start_at - settings.payment_default_before_start


def _lapses(booking: Booking, settings: BookingSettings) -> datetime | None:
    """When we stop relying on the authorization; ``None`` without one or while an operation runs."""
    details = booking.payment_details
    if booking.payment is not PaymentState.AUTHORIZED or in_flight(booking) or details.capture_before is None:
        return None
    return None if details.needs_attention else details.capture_before - settings.authorization_margin


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
    releasable = booking.payout is PayoutState.HELD and not booking.payment_details.is_payout_released
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


EXPIRE_PAYMENT = Timer("15 min after creation", lambda booking, _: booking.hold_expires_at)
EXPIRE = Timer("the deadline for accepting", lambda booking, _: booking.accept_by)
AUTHORIZE = Timer("start - 48 h, with a saved card", _authorize)
PAYMENT_DEFAULT = Timer("start - 12 h, still unpaid", _payment_default)
RENEW_AUTHORIZATION = Timer("12 h before the authorization ends, well before the start", _renew)
SECURE_PAYMENT = Timer("12 h before the authorization ends", _secure)
EXPIRE_RESCHEDULE = Timer("24 h after the proposal, or its cut-off", _expire_reschedule)
REMIND = Timer("start - 24 h and start - 2 h", _remind)
COMPLETE = Timer("end + 24 h", lambda booking, settings: booking.slot.end_at + settings.complete_after_end)
FLAG_UNSTARTED = Timer("end + 2 h", lambda booking, settings: booking.slot.end_at + settings.unstarted_after_end)
APPLY_NO_SHOW = Timer("24 h after the report", _apply_no_show)
SETTLE = Timer("end + 48 h, nothing open", _settle)
RELEASE_FEE = Timer("48 h after the cancellation, the fee being captured", _release_fee)
EXPIRE_DISPUTE = Timer("30 days after it was opened", _expire_dispute)
CLOSE_RATINGS = Timer("7 days after completion", _close_ratings)
RETRY_PAYMENT = Timer("24 h after a failure, at most 5 times; a payout account is waited for", _retry_payment)
