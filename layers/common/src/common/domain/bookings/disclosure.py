"""What the provider of a booking sees of its customer: an area before the acceptance, address and contact after it.

Most requests are never accepted, so that a provider who is only asked learns where somebody lives to about a kilometre
and no name beyond the given one. How to get in (``access_notes``) shows while the work is agreed or under way and at no
other time, and some time after a booking has closed address and contact are hidden again.
"""

from datetime import datetime

from common.domain.bookings.booking import ActorKind, Booking, BookingStatus, Place
from common.domain.bookings.settings import BookingSettings
from common.domain.bookings.state_machine import TERMINAL
from common.domain.shared.geo import Point, blurred

_WORK_IS_AHEAD = frozenset({BookingStatus.ACCEPTED, BookingStatus.IN_PROGRESS})


def is_disclosed(booking: Booking, now: datetime, settings: BookingSettings) -> bool:
    """Whether the parties know where and how to reach each other: from the acceptance until a while after the end.

    Args:
        booking: in any state; one that was declined or cancelled before its acceptance is never disclosed.
        now: the present instant.
        settings: ``contact_after_close`` is that while.
    """
    if booking.accepted_at is None:
        return False
    closed_at = booking.settled_at or booking.cancelled_at if booking.status in TERMINAL else None
    return closed_at is None or now < closed_at + settings.contact_after_close


def seen_by(booking: Booking, part: ActorKind, now: datetime, settings: BookingSettings) -> Booking:
    """The booking with what this part may see of the customer: everything that shows a booking shows this.

    Args:
        booking: as stored.
        part: who looks.
        now: the present instant.
        settings: windows.
    """
    if part is ActorKind.CUSTOMER:
        return booking
    if part is ActorKind.PROVIDER and not is_disclosed(booking, now, settings):
        return booking.model_copy(update={"place": area_of(booking.place), "access_notes": ""})
    if part is ActorKind.PROVIDER and booking.status in _WORK_IS_AHEAD:
        return booking
    return booking.model_copy(update={"access_notes": ""})


def area_of(place: Place) -> Place:
    """A place as somebody sees it who need not know the address: the suburb, and a point about a kilometre off."""
    point = blurred(Point(place.lat, place.lng)) if place.lat is not None and place.lng is not None else None
    shown = {"lat": point.lat, "lng": point.lng} if point else {"lat": None, "lng": None}
    return place.model_copy(update={"address": place.suburb, "is_exact": False, **shown})


def given_name(full_name: str) -> str:
    """The first word of a name, which says whom one deals with and not who that is."""
    return (full_name.split() or [""])[0]
