"""What becomes of a closed booking when its customer's account is deleted: the books stay, the person goes."""

from datetime import datetime

from common.domain.booking_machine.outcome import begin, to_change
from common.domain.booking_machine.table import TERMINAL
from common.domain.bookings import Actor, ActorKind, Booking, BookingChange, Place

_ERASER = Actor(kind=ActorKind.SYSTEM, id="account-deletion")
_NOTE = "The customer's account was deleted; the address, the notes and the code went with it."
_NOWHERE = Place(address="")


def erase_customer(booking: Booking, now: datetime) -> BookingChange | None:
    """Take address, notes, access notes and start code off a closed booking; ``None`` where that is done.

    Prices, movements of money, states and the audit trail stay: they are the books, which the law wants kept
    (GDPR article 17(3)(b); New Zealand's Tax Administration Act 1994, section 22: seven years).

    Raises:
        ValueError: the booking is under way; nobody may leave it.
    """
    if booking.status not in TERMINAL:
        raise ValueError("a booking under way needs its address")
    if booking.place == _NOWHERE and not (booking.notes or booking.access_notes or booking.start_code):
        return None
    draft = begin(booking, now, place=_NOWHERE, notes="", access_notes="", start_code="")
    return to_change(booking, draft, _ERASER, "erase_customer", _NOTE)
