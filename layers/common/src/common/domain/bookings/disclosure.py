"""What the parties of a booking see of each other: an area before the acceptance, address and contact after it.

Most requests are never accepted, so that who is only asked learns where somebody lives to about a kilometre and no name
beyond the given one: the provider of the customer they would visit, the customer of the provider they would go to. How
to get in (``access_notes``, and the link of what happens online) shows while the work is agreed or under way and at no
other time, the link to neither party; some time after a booking has closed address and contact are hidden again.
Until the acceptance contact details are hidden, too, in what one party writes to the other with the booking.
"""

from datetime import datetime
from typing import Protocol

from common.domain.bookings.booking import ActorKind, Booking, BookingStatus, HistoryEntry, Place
from common.domain.bookings.settings import BookingSettings
from common.domain.bookings.state_machine import TERMINAL
from common.domain.catalogue.place_kinds import PlaceKind
from common.domain.shared.geo import Point, blurred
from common.domain.shared.masking import mask_contact_details

_WORK_IS_AHEAD = frozenset({BookingStatus.ACCEPTED, BookingStatus.IN_PROGRESS})


class Agreement(Protocol):
    """What says whether two people have agreed on work, and whether that is over: a booking, or what is read of one."""

    @property
    def status(self) -> BookingStatus:
        """Where it stands."""
        ...

    @property
    def accepted_at(self) -> datetime | None:
        """When it was accepted."""
        ...

    @property
    def settled_at(self) -> datetime | None:
        """When it ended well."""
        ...

    @property
    def cancelled_at(self) -> datetime | None:
        """When it was cancelled."""
        ...


def is_disclosed(booking: Agreement, now: datetime, settings: BookingSettings) -> bool:
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
    hidden: dict[str, object] = {}
    if _is_withheld(booking, part, now, settings):
        hidden["place"] = area_of(booking.place)
    is_ahead = booking.status in _WORK_IS_AHEAD
    if booking.access_notes and part is not ActorKind.CUSTOMER and not (part is ActorKind.PROVIDER and is_ahead):
        hidden["access_notes"] = ""
    if part in _PARTIES and not is_disclosed(booking, now, settings):
        hidden |= _without_contact_details(booking, part)
    return booking.model_copy(update=hidden) if hidden else booking


_PARTIES = frozenset({ActorKind.CUSTOMER, ActorKind.PROVIDER})


def _without_contact_details(booking: Booking, part: ActorKind) -> dict[str, object]:
    """What the other party wrote, without what leads past the marketplace; one's own words stay as they are."""
    written = {
        "notes": booking.notes if part is ActorKind.PROVIDER else "",
        "cancel_reason": booking.cancel_reason if booking.cancelled_by is not part else "",
    }
    masked = {name: mask_contact_details(text) for name, text in written.items() if text}
    return {name: text for name, text in masked.items() if text != written[name]}


#: Who goes to the other one's address.
_GUESTS = {PlaceKind.CUSTOMER: ActorKind.PROVIDER, PlaceKind.PROVIDER: ActorKind.CUSTOMER}


def entry_seen_by(
    entry: HistoryEntry, booking: Booking, part: ActorKind, now: datetime, settings: BookingSettings
) -> HistoryEntry:
    """A row of a booking's audit trail with what this part may see of what the other one wrote."""
    if part not in _PARTIES or entry.actor.kind is part or is_disclosed(booking, now, settings):
        return entry
    seen: dict[str, object] = {"note": mask_contact_details(entry.note)}
    if reason := entry.changed.get("cancel_reason"):
        masked = {side: mask_contact_details(text) for side, text in reason.items() if text}
        seen["changed"] = {**entry.changed, "cancel_reason": {**reason, **masked}}
    return entry.model_copy(update=seen)


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
