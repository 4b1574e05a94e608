"""Slots on ordinary days, around clock changes, and against notice, window, buffers and limits."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from common.domain.scheduling.availability import Availability, DateException, TimeRange, WeeklyRule
from common.domain.scheduling.slots import Busy, SlotStatus, bookable_slots, calendar_bounds, slot_status

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def hours(start: str, end: str) -> TimeRange:
    return TimeRange(start=time.fromisoformat(start), end=time.fromisoformat(end))


def every_day(zone: str, *ranges: TimeRange, **changes: object) -> Availability:
    base = Availability(
        timezone=zone,
        weekly=[WeeklyRule(weekday=day, ranges=list(ranges)) for day in range(7)],
        slot_step_minutes=60,
        minimum_notice_minutes=0,
        booking_window_days=1000,
    )
    return base.model_copy(update=changes)


def local_starts(rules: Availability, day: date, *, duration: int = 60, busy: list[Busy] | None = None) -> list[str]:
    zone = ZoneInfo(rules.timezone)
    begin = datetime.combine(day, time(), zone).astimezone(UTC)
    end = datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)
    slots = bookable_slots(rules, duration, busy or [], LONG_AGO, begin, end)
    return [slot.start_at.astimezone(zone).strftime("%H:%M%z") for slot in slots]


def test_an_ordinary_day_has_the_starts_that_fit() -> None:
    rules = every_day("Pacific/Auckland", hours("09:00", "11:00"), hours("13:00", "14:30"))
    assert local_starts(rules, date(2026, 11, 23)) == ["09:00+1300", "10:00+1300", "13:00+1300"]


@pytest.mark.parametrize(
    ("zone", "day", "expected"),
    [
        ("Pacific/Auckland", date(2026, 4, 5), ["01:00+1300", "02:00+1300", "02:00+1200", "03:00+1200"]),
        ("Australia/Sydney", date(2026, 4, 5), ["01:00+1100", "02:00+1100", "02:00+1000", "03:00+1000"]),
        ("America/New_York", date(2026, 11, 1), ["01:00-0400", "01:00-0500", "02:00-0500", "03:00-0500"]),
        ("Europe/London", date(2026, 10, 25), ["01:00+0100", "01:00+0000", "02:00+0000", "03:00+0000"]),
        ("Asia/Tokyo", date(2026, 4, 5), ["01:00+0900", "02:00+0900", "03:00+0900"]),
    ],
)
def test_the_repeated_hour_yields_two_slots(zone: str, day: date, expected: list[str]) -> None:
    assert local_starts(every_day(zone, hours("01:00", "04:00")), day) == expected


@pytest.mark.parametrize(
    ("zone", "day", "expected"),
    [
        ("Pacific/Auckland", date(2026, 9, 27), ["01:00+1200", "03:00+1300"]),
        ("Australia/Sydney", date(2026, 10, 4), ["01:00+1000", "03:00+1100"]),
        ("America/New_York", date(2026, 3, 8), ["01:00-0500", "03:00-0400"]),
        ("Europe/London", date(2026, 3, 29), ["02:00+0100", "03:00+0100"]),
    ],
)
def test_the_missing_hour_yields_none(zone: str, day: date, expected: list[str]) -> None:
    assert local_starts(every_day(zone, hours("01:00", "04:00")), day) == expected


def test_lord_howe_moves_by_half_an_hour() -> None:
    rules = every_day("Australia/Lord_Howe", hours("01:00", "04:00"), slot_step_minutes=30)
    spring = local_starts(rules, date(2026, 10, 4), duration=30)
    assert spring == ["01:00+1030", "01:30+1030", "02:30+1100", "03:00+1100", "03:30+1100"]
    autumn = local_starts(rules, date(2026, 4, 5), duration=30)
    assert autumn.count("01:30+1100") == 1
    assert autumn.count("01:30+1030") == 1


def test_length_is_measured_in_utc_across_a_clock_change() -> None:
    rules = every_day("Pacific/Auckland", hours("01:00", "04:00"))
    slots = bookable_slots(
        rules,
        120,
        [],
        LONG_AGO,
        datetime(2026, 9, 26, 12, tzinfo=UTC),
        datetime(2026, 9, 27, 12, tzinfo=UTC),
    )
    assert [(slot.start_at.hour, slot.end_at - slot.start_at) for slot in slots] == [(13, timedelta(hours=2))]


def test_work_may_run_over_midnight_when_both_days_are_open() -> None:
    rules = every_day("Europe/London", hours("00:00", "00:00"))
    start = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
    assert slot_status(rules, 180, [], LONG_AGO, start) is SlotStatus.BOOKABLE


def test_exceptions_close_add_and_replace() -> None:
    day = date(2026, 11, 23)
    base = every_day("Pacific/Auckland", hours("09:00", "10:00"))
    closed = base.model_copy(update={"exceptions": [DateException(date=day, kind="closed")]})
    extra = base.model_copy(
        update={"exceptions": [DateException(date=day, kind="extra", ranges=[hours("18:00", "19:00")])]}
    )
    other = base.model_copy(
        update={"exceptions": [DateException(date=day, kind="different", ranges=[hours("12:00", "13:00")])]}
    )
    assert local_starts(closed, day) == []
    assert local_starts(extra, day) == ["09:00+1300", "18:00+1300"]
    assert local_starts(other, day) == ["12:00+1300"]
    assert local_starts(other, day + timedelta(days=1)) == ["09:00+1300"]


def test_overlap_with_buffers_occupies_and_touching_does_not() -> None:
    rules = every_day("UTC", hours("08:00", "18:00"), buffer_before_minutes=15, buffer_after_minutes=15)
    busy = [Busy(datetime(2026, 11, 23, 10, 45, tzinfo=UTC), datetime(2026, 11, 23, 12, 15, tzinfo=UTC))]
    starts = local_starts(rules, date(2026, 11, 23), busy=busy)
    assert [start[:2] for start in starts] == ["08", "09", "13", "14", "15", "16", "17"]
    verdict = slot_status(rules, 60, busy, LONG_AGO, datetime(2026, 11, 23, 10, tzinfo=UTC))
    assert verdict is SlotStatus.OCCUPIED


def test_each_broken_rule_has_its_name() -> None:
    now = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
    rules = every_day("UTC", hours("08:00", "18:00"), minimum_notice_minutes=90, booking_window_days=2)

    def verdict(day: int, hour: int, minute: int = 0) -> SlotStatus:
        return slot_status(rules, 60, [], now, datetime(2026, 11, day, hour, minute, tzinfo=UTC))

    assert verdict(23, 9) is SlotStatus.TOO_SOON
    assert verdict(23, 10) is SlotStatus.BOOKABLE
    assert verdict(23, 10, 5) is SlotStatus.OFF_GRID
    assert verdict(23, 7) is SlotStatus.OUTSIDE_HOURS
    assert verdict(23, 18) is SlotStatus.OUTSIDE_HOURS
    assert verdict(25, 17) is SlotStatus.BOOKABLE
    assert verdict(26, 8) is SlotStatus.TOO_FAR


def test_limits_count_work_by_local_day_and_week() -> None:
    zone = "Pacific/Auckland"
    monday = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)  # Monday 09:00 in Auckland
    busy = [Busy(monday, monday + timedelta(hours=1), monday)]
    daily = every_day(zone, hours("09:00", "17:00"), max_per_day=1)
    weekly = every_day(zone, hours("09:00", "17:00"), max_per_week=1)
    later, tuesday = monday + timedelta(hours=3), monday + timedelta(days=1)
    sunday, next_monday = monday + timedelta(days=6), monday + timedelta(days=7)
    assert slot_status(daily, 60, busy, LONG_AGO, later) is SlotStatus.DAY_FULL
    assert slot_status(daily, 60, busy, LONG_AGO, tuesday) is SlotStatus.BOOKABLE
    assert slot_status(weekly, 60, busy, LONG_AGO, sunday) is SlotStatus.WEEK_FULL
    assert slot_status(weekly, 60, busy, LONG_AGO, next_monday) is SlotStatus.BOOKABLE


def test_calendar_bounds_reach_the_whole_weeks_that_limits_count() -> None:
    start = datetime(2026, 11, 23, tzinfo=UTC)
    plain = calendar_bounds(every_day("UTC"), 60, start, start + timedelta(days=1))
    limited = calendar_bounds(every_day("UTC", max_per_week=3), 60, start, start + timedelta(days=1))
    assert plain == (start - timedelta(minutes=5), start + timedelta(days=1, minutes=65))
    assert limited[0] <= start - timedelta(days=7)
    assert limited[1] >= start + timedelta(days=8)


def test_a_start_between_two_seconds_is_off_the_grid_and_holds_in_the_limits_count_for_no_day() -> None:
    rules = every_day("UTC", hours("09:00", "17:00"), max_per_day=1)
    start = datetime(2026, 11, 23, 10, tzinfo=UTC)
    assert slot_status(rules, 60, [], LONG_AGO, start.replace(microsecond=1)) is SlotStatus.OFF_GRID
    hold = Busy(start_at=start + timedelta(hours=3), end_at=start + timedelta(hours=4))
    assert slot_status(rules, 60, [hold], LONG_AGO, start) is SlotStatus.BOOKABLE
