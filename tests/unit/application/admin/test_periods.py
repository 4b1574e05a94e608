"""Days and weeks of a zone, cut out of quarters of an hour of UTC days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from common.application.admin.metrics.durations import CLASSES, duration_class, median_seconds
from common.application.admin.metrics.periods import Granularity, Periods
from common.application.ports.admin.metrics import QUARTER, Area, DayFigures
from hypothesis import given
from hypothesis import strategies as st

#: Whole hours, half ones and quarters; some on either side of the date line, some that change their clocks.
ZONES = (
    "UTC", "Pacific/Auckland", "Pacific/Chatham", "Australia/Adelaide", "Australia/Lord_Howe", "Asia/Kathmandu",
    "America/New_York", "Pacific/Kiritimati", "Africa/Cairo",
)  # fmt: skip
DAYS = st.dates(date(2020, 1, 2), date(2029, 12, 31))


@given(DAYS, st.integers(0, 40), st.sampled_from(ZONES), st.sampled_from(list(Granularity)))
def test_periods_follow_each_other_and_hold_each_quarter_of_an_hour_once(
    first: date, length: int, zone: str, granularity: Granularity
) -> None:
    last = first + timedelta(days=length)
    periods = Periods(first, last, ZoneInfo(zone), granularity)
    assert (periods.all[0].first, periods.all[-1].last) == (first, last)
    for before, after in zip(periods.all, periods.all[1:], strict=False):
        assert before.end == after.start
        assert before.last + timedelta(days=1) == after.first
        assert granularity is Granularity.DAY or after.first.weekday() == 0
    since, until = periods.utc_days
    day = since
    while day <= until:
        for quarter, place in enumerate(periods.places(day)):
            instant = datetime(day.year, day.month, day.day, tzinfo=UTC) + quarter * QUARTER
            inside = [number for number, each in enumerate(periods.all) if each.start <= instant < each.end]
            assert inside == ([] if place is None else [place])
        day += timedelta(days=1)


def test_every_zone_begins_its_days_at_a_quarter_of_an_hour() -> None:
    for zone in available_timezones() - {"Factory", "localtime"}:
        for month in range(1, 13):
            start = datetime(2026, month, 1, tzinfo=ZoneInfo(zone)).astimezone(UTC)
            assert start.timestamp() % QUARTER.total_seconds() == 0, zone


def test_a_day_of_utc_is_split_between_days_of_a_zone_of_half_hours() -> None:
    counts = {"created": {"53": 1, "54": 2, "95": 4}}
    day = DayFigures(area=Area.BOOKINGS, day=date(2026, 11, 20), counts=counts, computed_at=datetime.now(UTC))
    periods = Periods(date(2026, 11, 20), date(2026, 11, 21), ZoneInfo("Australia/Adelaide"), Granularity.DAY)
    assert periods.sums([day]) == {"created": [1, 6]}  # the day begins at 13:30 UTC in summer


@given(st.lists(st.integers(-5, 60 * 60 * 24 * 40), max_size=30))
def test_the_median_of_classes_is_the_class_of_the_median(seconds: list[int]) -> None:
    counts: dict[int, int] = {}
    for each in seconds:
        counts[duration_class(each)] = counts.get(duration_class(each), 0) + 1
    median = median_seconds(counts)
    if not seconds:
        assert median is None
        return
    middle = sorted(seconds)[(len(seconds) + 1) // 2 - 1]
    ends = [60 * each for each in (*CLASSES, 2 * CLASSES[-1])]
    assert median == ends[duration_class(middle)]
    assert middle <= median or middle > ends[-2]


@pytest.mark.parametrize(("seconds", "place"), [(0, 0), (60, 0), (61, 1), (30 * 86_400, 21), (31 * 86_400, 22)])
def test_a_class_ends_with_its_upper_end(seconds: int, place: int) -> None:
    assert duration_class(seconds) == place
    assert len(CLASSES) == 22
