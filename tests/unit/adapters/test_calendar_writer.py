"""Bookings as calendar entries."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from common.adapters.calendar_writer import ICalendarWriter
from common.domain.bookings.booking import ActorKind, BookingStatus, Place
from common.domain.bookings.disclosure import seen_by
from common.domain.bookings.settings import BookingSettings
from hypothesis import example, given
from hypothesis import strategies as st
from icalendar import Calendar

from tests.factories.bookings import NOW, make_booking, make_slot


@pytest.mark.parametrize(
    ("status", "shown"),
    [
        (BookingStatus.PENDING_PAYMENT, "TENTATIVE"),
        (BookingStatus.REQUESTED, "TENTATIVE"),
        (BookingStatus.ACCEPTED, "CONFIRMED"),
        (BookingStatus.CANCELLED, "CANCELLED"),
    ],
)
def test_the_status_is_told_in_the_standards_words(status: BookingStatus, shown: str) -> None:
    assert f"\r\nSTATUS:{shown}\r\n" in ICalendarWriter().write([make_booking(status=status)], NOW)


def test_text_cannot_break_out_of_its_line() -> None:
    booking = make_booking(notes="Gate; code 12, then\r\nBEGIN:VEVENT\nback\\slash\rend")

    calendar = ICalendarWriter().write([booking], NOW)

    assert calendar.count("BEGIN:VEVENT") == 2
    assert calendar.split("\r\n").count("BEGIN:VEVENT") == 1
    assert "Gate\\; code 12\\, then\\nBEGIN:VEVENT\\nback\\\\slash\\nend" in calendar.replace("\r\n ", "")


def test_long_lines_are_folded_between_characters() -> None:
    address = "Ōtāhuhu, " * 30

    calendar = ICalendarWriter().write([make_booking(place=Place(address=address))], NOW)

    assert max(len(line.encode()) for line in calendar.split("\r\n")) <= 75
    assert address.replace(",", "\\,") in calendar.replace("\r\n ", "")


@given(st.text(max_size=300), st.text(max_size=300))
@example("Gate; code 12, then\r\nBEGIN:VEVENT\nback\\slash \\n", "\u014ct\u0101huhu, " * 30)
@example("a\tb", "\x00\x1b\u2028")
@example("C:\\New", "\\\\N, \\n")
def test_a_reader_of_the_standard_reads_what_was_meant(notes: str, address: str) -> None:
    booking = make_booking(notes=notes, place=Place(address=address), status=BookingStatus.ACCEPTED, version=7)

    written = ICalendarWriter().write([booking, make_booking()], NOW)

    assert all(len(line.encode()) <= 75 for line in written.split("\r\n"))
    calendar = Calendar.from_ical(written)
    assert (str(calendar["version"]), str(calendar["method"])) == ("2.0", "PUBLISH")
    assert str(calendar["prodid"])
    event, other = calendar.walk("VEVENT")
    assert event["uid"] == f"{booking.id}@gigsta"
    assert event["uid"] != other["uid"]
    assert (event.decoded("dtstamp"), event.decoded("last-modified")) == (NOW, booking.updated_at)
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (booking.slot.start_at, booking.slot.end_at)
    assert (event.decoded("sequence"), str(event["status"])) == (7, "CONFIRMED")
    assert str(event.get("location", "")) == readable(address)
    assert str(event.get("description", "")) == readable(notes)
    assert not event.errors


def readable(text: str) -> str:
    """A text as the format can carry it: one kind of line break and no control characters."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(each for each in lines if each in "\n\t" or not (ord(each) < 0x20 or ord(each) == 0x7F))


def test_instants_are_told_in_utc_on_both_sides_of_a_clock_change() -> None:
    """Auckland sets its clocks back at 03:00 on 5 April 2026, which is 14:00 UTC the day before."""
    for hour in (13, 14):
        booking = make_booking(slot=make_slot(datetime(2026, 4, 4, hour, 30, tzinfo=UTC)))
        (event,) = Calendar.from_ical(ICalendarWriter().write([booking], NOW)).walk("VEVENT")
        assert event.decoded("dtstart") == booking.slot.start_at
        assert event.decoded("dtstart").utcoffset() == timedelta(0)


def test_a_feed_tells_of_customers_what_a_provider_s_calendar_needs() -> None:
    request = make_booking(
        notes="The key is under the mat", access_notes="Gate code 4711", status=BookingStatus.REQUESTED
    )
    accepted = request.model_copy(update={"status": BookingStatus.ACCEPTED, "accepted_at": NOW})

    seen = [seen_by(each, ActorKind.PROVIDER, NOW, BookingSettings()) for each in (request, accepted)]
    shown = [ICalendarWriter().write([each], NOW, is_feed=True) for each in seen]

    assert not [each for each in shown if "under the mat" in each or "4711" in each]
    assert [accepted.place.address.split(",")[0] in each for each in shown] == [False, True]
    assert "under the mat" in ICalendarWriter().write([accepted], NOW)
    assert "4711" not in ICalendarWriter().write([accepted], NOW)
