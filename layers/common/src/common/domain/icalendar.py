"""Bookings as calendar entries (iCalendar, RFC 5545)."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from common.domain.bookings import Booking, BookingStatus

_PRODUCT = "-//GigSta//Bookings//EN"
#: Octets in a line without its break (RFC 5545 section 3.1).
_LINE_OCTETS = 75

_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")

_TENTATIVE = frozenset({BookingStatus.PENDING_PAYMENT, BookingStatus.REQUESTED})
_CANCELLED = frozenset(
    {BookingStatus.PAYMENT_EXPIRED, BookingStatus.DECLINED, BookingStatus.EXPIRED, BookingStatus.CANCELLED}
)


@dataclass(frozen=True)
class Invitation:
    """What makes a calendar object an invitation that later ones update or cancel (RFC 5546 sections 3.2.2, 3.2.5).

    Args:
        organizer: mail address that invitations come from, always the same.
        attendee: mail address of who gets it.
        is_cancelled: whether it takes the entry away.
    """

    organizer: str
    attendee: str
    is_cancelled: bool = False

    @property
    def method(self) -> str:
        """The iTIP method."""
        return "CANCEL" if self.is_cancelled else "REQUEST"

    def lines(self) -> list[str]:
        """The properties of its event; nobody is asked for an answer."""
        return [
            f"ORGANIZER;CN=GigSta:mailto:{self.organizer}",
            f"ATTENDEE;CUTYPE=INDIVIDUAL;PARTSTAT=ACCEPTED;RSVP=FALSE:mailto:{self.attendee}",
        ]


def to_calendar(
    bookings: Sequence[Booking], now: datetime, *, is_feed: bool = False, invitation: Invitation | None = None
) -> str:
    """A calendar object with one event for each booking; lines end in CRLF.

    Instants are in UTC, which every client shows in its own zone, so no time zone has to be described.

    Args:
        bookings: what to show, as whoever gets it may see them (``common.domain.disclosure``); the version is the
            sequence number, so that a client replaces an older entry.
        now: the instant of writing.
        is_feed: whether it goes to whoever has an address, such as somebody's calendar service: then without the
            customer's notes.
        invitation: what goes with a mail instead of being published.
    """
    method = invitation.method if invitation else "PUBLISH"
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{_PRODUCT}", "CALSCALE:GREGORIAN", f"METHOD:{method}"]
    for booking in bookings:
        lines += _event(booking, now, is_feed=is_feed, invitation=invitation)
    lines.append("END:VCALENDAR")
    return "".join(f"{folded}\r\n" for line in lines for folded in _fold(line))


def _event(booking: Booking, now: datetime, *, is_feed: bool, invitation: Invitation | None) -> list[str]:
    status = "CONFIRMED"
    if booking.status in _TENTATIVE:
        status = "TENTATIVE"
    elif booking.status in _CANCELLED:
        status = "CANCELLED"
    details = [f"LOCATION:{_text(booking.place.address)}"] if booking.place.address else []
    if booking.notes and not is_feed:
        details.append(f"DESCRIPTION:{_text(booking.notes)}")
    return [
        "BEGIN:VEVENT",
        f"UID:{booking.id}@gigsta",
        f"DTSTAMP:{_instant(now)}",
        f"LAST-MODIFIED:{_instant(booking.updated_at)}",
        f"SEQUENCE:{booking.version}",
        f"DTSTART:{_instant(booking.slot.start_at)}",
        f"DTEND:{_instant(booking.slot.end_at)}",
        f"SUMMARY:{_text(booking.service.title)}",
        *details,
        *(invitation.lines() if invitation else ()),
        f"STATUS:{status}",
        "END:VEVENT",
    ]


def _instant(value: datetime) -> str:
    return value.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(value: str) -> str:
    """Escape a text value (RFC 5545 section 3.3.11); control characters but the tabulator are no part of it."""
    escaped = value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    escaped = escaped.replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "\\n")
    return _CONTROLS.sub("", escaped)


def _fold(line: str) -> Iterable[str]:
    """Cut a long line between characters; what follows begins with a space."""
    room, part = _LINE_OCTETS, ""
    used = 0
    for character in line:
        size = len(character.encode())
        if used + size > room:
            yield part
            part, used = " ", 1
        part += character
        used += size
    yield part
