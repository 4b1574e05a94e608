"""Bookings as iCalendar objects, by the ``icalendar`` package."""

import re
from collections.abc import Sequence
from datetime import datetime

from icalendar import Calendar, Event, vCalAddress, vText
from icalendar.enums import CUTYPE, PARTSTAT, STATUS

from common.application.ports.bookings.calendar_writer import Invitation
from common.domain.bookings.booking import Booking, BookingStatus
from common.domain.scheduling.own_time import ManualBooking

_PRODUCT = "-//GigSta//Bookings//EN"
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_TENTATIVE = frozenset({BookingStatus.PENDING_PAYMENT, BookingStatus.REQUESTED})
_CANCELLED = frozenset(
    {BookingStatus.PAYMENT_EXPIRED, BookingStatus.DECLINED, BookingStatus.EXPIRED, BookingStatus.CANCELLED}
)


class ICalendarWriter:
    """Writes calendar objects.

    Instants are in UTC, which every client shows in its own zone, so no time zone has to be described.
    """

    def write(
        self,
        bookings: Sequence[Booking],
        now: datetime,
        *,
        is_feed: bool = False,
        invitation: Invitation | None = None,
        manual_bookings: Sequence[ManualBooking] = (),
    ) -> str:
        """See the port."""
        method = invitation.method if invitation else "PUBLISH"
        events = [_event(booking, now, is_feed=is_feed, invitation=invitation) for booking in bookings]
        events += [_manual_event(booking, now) for booking in manual_bookings]
        calendar = Calendar.new(prodid=_PRODUCT, calscale="GREGORIAN", method=method, subcomponents=events)
        written: bytes = calendar.to_ical()
        return written.decode()


class _Text(vText):
    r"""A text whose ``\N`` stays two characters; the package takes it for a line break before it escapes."""

    def to_ical(self) -> bytes:
        return rb"\\N".join(vText(part).to_ical() for part in self.split(r"\N"))


def _event(booking: Booking, now: datetime, *, is_feed: bool, invitation: Invitation | None) -> Event:
    event = Event.new(
        uid=f"{booking.id}@gigsta",
        stamp=now,
        last_modified=booking.updated_at,
        sequence=booking.version,
        start=booking.slot.start_at,
        end=booking.slot.end_at,
        status=_status(booking),
    )
    event.add("summary", _text(booking.service.title))
    place = booking.place
    if location := place.online_link or place.address or ("" if place.kind.is_in_person else "Online"):
        event.add("location", _text(location))
    if place.online_link:
        event.add("url", place.online_link)
    if booking.notes and not is_feed:
        event.add("description", _text(booking.notes))
    if invitation:
        event.add("organizer", vCalAddress.new(invitation.organizer, cn="GigSta"))
        event.add("attendee", _attendee(invitation))
    return event


def _manual_event(booking: ManualBooking, now: datetime) -> Event:
    event = Event.new(
        uid=f"{booking.id}@gigsta",
        stamp=now,
        last_modified=booking.updated_at,
        sequence=booking.version,
        start=booking.start_at,
        end=booking.end_at,
        status=STATUS.CONFIRMED,
    )
    event.add("summary", _text(booking.title))
    event.add("description", _text(booking.customer_name))
    return event


def _attendee(invitation: Invitation) -> vCalAddress:
    """Who gets it, as somebody who is coming; nobody is asked for an answer."""
    return vCalAddress.new(
        invitation.attendee, cutype=CUTYPE.INDIVIDUAL.value, partstat=PARTSTAT.ACCEPTED.value, rsvp=False
    )


def _status(booking: Booking) -> STATUS:
    if booking.status in _TENTATIVE:
        return STATUS.TENTATIVE
    return STATUS.CANCELLED if booking.status in _CANCELLED else STATUS.CONFIRMED


def _text(value: str) -> _Text:
    """A text value; control characters but the tabulator and line breaks are no part of one (section 3.3.11)."""
    return _Text(_CONTROLS.sub("", value))
