"""What the parties of a booking see of each other: an area before the acceptance, address and contact after it.

Most requests are never accepted, so that who is only asked learns where somebody lives to about a kilometre and no name
beyond the given one: the provider of the customer they would visit, the customer of the provider they would go to. How
to get in (``access_notes``, and the link of what happens online) shows while the work is agreed or under way and at no
other time, the link to neither party; some time after a booking has closed address and contact are hidden again.
"""

from datetime import datetime

from common.domain.bookings.booking import ActorKind, Booking, BookingStatus, Place
from common.domain.bookings.settings import BookingSettings
from common.domain.bookings.state_machine import TERMINAL
from common.domain.catalogue.place_kinds import PlaceKind
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
    """The booking with what this part may see of the other one: everything that shows a booking shows this.

    Args:
        booking: as stored.
        part: who looks.
        now: the present instant.
        settings: windows.
    """
    place, access_notes, is_ahead = booking.place, booking.access_notes, booking.status in _WORK_IS_AHEAD
    if _is_withheld(booking, part, now, settings):
        place = area_of(place)
    if part is not ActorKind.CUSTOMER and not (part is ActorKind.PROVIDER and is_ahead):
        access_notes = ""
    return booking.model_copy(update={"place": place, "access_notes": access_notes})


#: Who goes to the other one's address.
_GUESTS = {PlaceKind.CUSTOMER: ActorKind.PROVIDER, PlaceKind.PROVIDER: ActorKind.CUSTOMER}


def _is_withheld(booking: Booking, part: ActorKind, now: datetime, settings: BookingSettings) -> bool:
    kind = booking.place.kind
    if kind is PlaceKind.ONLINE:
        return booking.status not in _WORK_IS_AHEAD
    return part is _GUESTS[kind] and not is_disclosed(booking, now, settings)


def area_of(place: Place) -> Place:
    """A place as somebody sees it who need not know it yet: the suburb, and a point about a kilometre off; no link."""
    point = blurred(Point(place.lat, place.lng)) if place.lat is not None and place.lng is not None else None
    shown = {"lat": point.lat, "lng": point.lng} if point else {"lat": None, "lng": None}
    return place.model_copy(update={"address": place.suburb, "online_link": None, "is_exact": False, **shown})


def given_name(full_name: str) -> str:
    """The first word of a name, which says whom one deals with and not who that is."""
    return (full_name.split() or [""])[0]
