"""Writing bookings as calendar entries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from common.domain.bookings.booking import Booking
from common.domain.scheduling.own_time import ManualBooking


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


class CalendarWriter(Protocol):
    """Writes iCalendar objects (RFC 5545)."""

    def write(
        self,
        bookings: Sequence[Booking],
        now: datetime,
        *,
        is_feed: bool = False,
        invitation: Invitation | None = None,
        manual_bookings: Sequence[ManualBooking] = (),
    ) -> str:
        """A calendar object with one event for each booking; lines end in CRLF.

        Args:
            bookings: what to show, as its recipient may see them (``domain.bookings.disclosure``); the version is the
                sequence number, so that a client replaces an older entry.
            now: the instant of writing.
            is_feed: whether it goes to anyone who has an address, such as somebody's calendar service: then without the
                customer's notes.
            invitation: what goes with a mail instead of being published.
            manual_bookings: what a provider has entered by hand, shown with its customer's name and no more.
        """
        ...
