"""Which of a booking's charges is the next to be reserved, or to lose what is reserved."""

from datetime import UTC, datetime

from common.domain.bookings.booking import Booking
from common.domain.bookings.charges import Charge, PaymentState

_REFUSED = frozenset({PaymentState.ACTION_REQUIRED, PaymentState.FAILED})
_LATEST = datetime.max.replace(tzinfo=UTC)


def to_authorize(booking: Booking) -> Charge | None:
    """The charge that is to be reserved on the saved card: one that has not been tried goes before a refused one."""
    standing = [each for each in booking.charges if not each.has_lapsed]
    saved = next((each for each in standing if each.state is PaymentState.CARD_SAVED), None)
    return saved or next((each for each in standing if each.state in _REFUSED), None)


def first_to_lapse(booking: Booking) -> Charge | None:
    """The reserved charge whose authorization ends first; ``None`` where nothing is reserved."""
    reserved = [each for each in booking.charges if each.state is PaymentState.AUTHORIZED and not each.has_lapsed]
    return min(reserved, key=lambda each: each.capture_before or _LATEST, default=None)


def is_reversible(booking: Booking) -> bool:
    """Whether a transfer of any charge still holds something."""
    return any(each.reversible() for each in booking.charges)
