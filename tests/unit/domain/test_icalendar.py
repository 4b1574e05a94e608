"""Bookings as calendar entries."""

from __future__ import annotations

import pytest
from common.domain.bookings import BookingStatus, Place
from common.domain.icalendar import to_calendar

from tests.factories.bookings import NOW, make_booking


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
    assert f"\r\nSTATUS:{shown}\r\n" in to_calendar([make_booking(status=status)], NOW)


def test_text_cannot_break_out_of_its_line() -> None:
    booking = make_booking(notes="Gate; code 12, then\r\nBEGIN:VEVENT\nback\\slash\rend")

    calendar = to_calendar([booking], NOW)

    assert calendar.count("BEGIN:VEVENT") == 2
    assert calendar.split("\r\n").count("BEGIN:VEVENT") == 1
    assert "Gate\\; code 12\\, then\\nBEGIN:VEVENT\\nback\\\\slash\\nend" in calendar.replace("\r\n ", "")


def test_long_lines_are_folded_between_characters() -> None:
    address = "Ōtāhuhu, " * 30

    calendar = to_calendar([make_booking(place=Place(address=address))], NOW)

    assert max(len(line.encode()) for line in calendar.split("\r\n")) <= 75
    assert address.replace(",", "\\,") in calendar.replace("\r\n ", "")
