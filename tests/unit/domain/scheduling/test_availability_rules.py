"""An availability that contradicts itself is refused, and every wrong field is named."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest
from common.domain.scheduling.availability import Availability, DateException, Holiday, TimeRange, WeeklyRule
from common.domain.scheduling.availability_rules import MAX_EXCEPTIONS, MAX_RANGES_PER_DAY, check_availability
from common.domain.shared.errors import InvalidInput

MORNING = TimeRange(start=time(9), end=time(12))
DAY = date(2030, 3, 4)


def wrong_fields(**fields: Any) -> set[tuple[str, str]]:
    """Field and code of every error of an otherwise sound availability; none where it is sound."""
    rules = {"timezone": "Pacific/Auckland", "weekly": [WeeklyRule(weekday=0, ranges=[MORNING])]}
    try:
        check_availability(Availability(**{**rules, **fields}))
    except InvalidInput as error:
        return {(each.field, each.code) for each in error.errors}
    return set()


def exception(kind: str, *ranges: TimeRange, day: date = DAY) -> DateException:
    return DateException(date=day, kind=kind, ranges=list(ranges))


def holiday(first: int, last: int, *, month: int = 4) -> Holiday:
    return Holiday(first_date=date(2030, month, first), last_date=date(2030, month, last))


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, set()),
        ({"timezone": "Moon/Tycho"}, {("timezone", "unknown_timezone")}),
        ({"timezone": "localtime"}, {("timezone", "unknown_timezone")}),
        ({"slot_step_minutes": 7}, {("slot_step_minutes", "out_of_range")}),
        ({"buffer_before_minutes": -5}, {("buffer_before_minutes", "out_of_range")}),
        ({"booking_window_days": 366}, {("booking_window_days", "out_of_range")}),
        ({"max_per_day": 0, "max_per_week": 1001}, {("max_per_day", "out_of_range"), ("max_per_week", "out_of_range")}),
        ({"max_per_day": 1, "max_per_week": 1000}, set()),
        (
            {"weekly": [WeeklyRule(weekday=1, ranges=[MORNING]), WeeklyRule(weekday=1, ranges=[])]},
            {("weekly.1.weekday", "duplicate")},
        ),
        (
            {"weekly": [WeeklyRule(weekday=1, ranges=[TimeRange(start=time(h), end=time(h, 30)) for h in range(9)])]},
            {("weekly.0.ranges", "too_many")},
        ),
        ({"exceptions": [exception("closed", MORNING)]}, {("exceptions.0.ranges", "not_allowed")}),
        ({"exceptions": [exception("extra")]}, {("exceptions.0.ranges", "missing")}),
        ({"exceptions": [exception("closed"), exception("closed")]}, {("exceptions.1.date", "duplicate")}),
        ({"exceptions": [exception("closed"), exception("closed", day=date(2030, 3, 5))]}, set()),
        ({"holidays": [holiday(9, 9), holiday(1, 8)]}, set()),
        ({"holidays": [holiday(1, 3), holiday(9, 12), holiday(3, 4)]}, {("holidays.2", "overlap")}),
        ({"holidays": [holiday(5, 4)]}, {("holidays.0.last_date", "end_before_start")}),
        ({"holidays": [Holiday(first_date=DAY, last_date=date(2031, 3, 5))]}, {("holidays.0.last_date", "too_long")}),
        ({"holidays": [Holiday(first_date=DAY, last_date=DAY, reason="r" * 201)]}, {("holidays.0.reason", "too_long")}),
        (
            {"holidays": [Holiday(first_date=date(1, 1, 1), last_date=date(1, 1, 1))]},
            {("holidays.0.first_date", "out_of_range"), ("holidays.0.last_date", "out_of_range")},
        ),
        (
            {"holidays": [holiday(n, n) for n in range(1, 29)] + [holiday(n, n, month=5) for n in range(1, 24)]},
            {("holidays", "too_many")},
        ),
    ],
)
def test_every_contradiction_is_named(fields: dict[str, Any], expected: set[tuple[str, str]]) -> None:
    assert wrong_fields(**fields) == expected


def test_only_so_many_exceptions_are_kept() -> None:
    many = [exception("closed", day=date.fromordinal(DAY.toordinal() + number)) for number in range(MAX_EXCEPTIONS + 1)]
    assert wrong_fields(exceptions=many) == {("exceptions", "too_many")}
    assert wrong_fields(exceptions=many[1:]) == set()
    assert MAX_RANGES_PER_DAY < 9
