"""What is shown is what is accepted, over random rules, zones and bookings, against an independent reading."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from common.domain.scheduling.availability import Availability, DateException, Holiday, TimeRange, WeeklyRule
from common.domain.scheduling.slots import Busy, SlotStatus, bookable_slots, slot_status
from hypothesis import given
from hypothesis import strategies as st

ZONES = [
    "Pacific/Auckland",
    "Australia/Sydney",
    "Australia/Lord_Howe",
    "America/New_York",
    "Europe/London",
    "Asia/Kolkata",
    "UTC",
]
#: Each is within a day or two of a clock change in some of the zones, or of none.
DAYS = [
    date(2026, 4, 5),
    date(2026, 9, 27),
    date(2026, 10, 4),
    date(2026, 10, 25),
    date(2026, 11, 1),
    date(2026, 6, 10),
]
FIVE = timedelta(minutes=5)

minutes_of_day = st.integers(0, 287).map(lambda n: n * 5)


def _time(minutes: int) -> time:
    return time(minutes // 60 % 24, minutes % 60)


@st.composite
def ranges(draw: st.DrawFn) -> TimeRange:
    start = draw(st.integers(0, 286))
    end = draw(st.integers(start + 1, 288))
    return TimeRange(start=_time(start * 5), end=_time(end * 5))


@st.composite
def availabilities(draw: st.DrawFn, day: date) -> Availability:
    weekly = [WeeklyRule(weekday=n, ranges=draw(st.lists(ranges(), max_size=2))) for n in range(7)]
    exceptions = draw(
        st.lists(
            st.builds(
                DateException,
                date=st.integers(-1, 1).map(lambda n: day + timedelta(days=n)),
                kind=st.sampled_from(["closed", "extra", "different"]),
                ranges=st.lists(ranges(), max_size=2),
            ),
            max_size=2,
        )
    )
    away = draw(st.sampled_from([None, None, (0, 0), (-1, 0), (1, 3)]))
    holidays = (
        [Holiday(first_date=day + timedelta(days=away[0]), last_date=day + timedelta(days=away[1]))] if away else []
    )
    return Availability(
        timezone=draw(st.sampled_from(ZONES)),
        weekly=weekly,
        exceptions=exceptions,
        holidays=holidays,
        slot_step_minutes=draw(st.sampled_from([15, 30, 45, 60, 90])),
        buffer_before_minutes=draw(st.sampled_from([0, 10, 30])),
        buffer_after_minutes=draw(st.sampled_from([0, 5, 45])),
        minimum_notice_minutes=draw(st.sampled_from([0, 60, 1440])),
        booking_window_days=draw(st.sampled_from([0, 1, 60])),
        max_per_day=draw(st.sampled_from([None, 1, 2])),
        max_per_week=draw(st.sampled_from([None, 1, 4])),
    )


@st.composite
def situations(draw: st.DrawFn) -> tuple[Availability, int, list[Busy], datetime, datetime]:
    day = draw(st.sampled_from(DAYS))
    noon = datetime.combine(day, time(12), UTC)
    busy = []
    intervals = st.tuples(st.integers(-600, 600), st.integers(1, 40), st.sampled_from([None, "bkg_a", "bkg_b"]))
    for offset, length, booking in draw(st.lists(intervals, max_size=5)):
        start = noon + FIVE * offset
        busy.append(Busy(start, start + FIVE * length, start + FIVE, booking))
    now = noon + FIVE * draw(st.integers(-700, 100))
    begin = noon + FIVE * draw(st.integers(-288, 0))
    return draw(availabilities(day)), draw(st.sampled_from([15, 30, 60, 100, 240])), busy, now, begin


def is_working(rules: Availability, instant: datetime) -> bool:
    """Whether the provider works at an instant, read straight off the local clock."""
    local = instant.astimezone(ZoneInfo(rules.timezone))
    today = [item for item in rules.exceptions if item.date == local.date()]
    weekly = [r for rule in rules.weekly if rule.weekday == local.weekday() for r in rule.ranges]
    if any(each.first_date <= local.date() <= each.last_date for each in rules.holidays):
        return False
    if any(item.kind == "closed" for item in today):
        return False
    if any(item.kind == "different" for item in today):
        weekly = [r for item in today if item.kind == "different" for r in item.ranges]
    extra = [r for item in today if item.kind == "extra" for r in item.ranges]
    return any(r.start <= local.time() and (r.end == time() or local.time() < r.end) for r in weekly + extra)


def breaks_no_rule(rules: Availability, duration: int, busy: list[Busy], now: datetime, start: datetime) -> bool:
    """An independent, slow reading of every rule but the grid."""
    zone = ZoneInfo(rules.timezone)
    end = start + timedelta(minutes=duration)
    instants = [start + FIVE * n for n in range(duration // 5)]
    first = start - timedelta(minutes=rules.buffer_before_minutes)
    last = end + timedelta(minutes=rules.buffer_after_minutes)
    local = start.astimezone(zone).date()
    works = [(item.booking_id or str(number), item.work_start_at) for number, item in enumerate(busy)]
    dates = [(booking, work.astimezone(zone).date()) for booking, work in works if work]
    days = [day for _, day in set(dates)]
    weeks = [week for _, week in {(booking, day.isocalendar()[:2]) for booking, day in dates}]
    return (
        all(is_working(rules, instant) for instant in instants)
        and start > now
        and start >= now + timedelta(minutes=rules.minimum_notice_minutes)
        and local <= now.astimezone(zone).date() + timedelta(days=rules.booking_window_days)
        and not any(item.start_at < last and first < item.end_at for item in busy)
        and (rules.max_per_day is None or days.count(local) < rules.max_per_day)
        and (rules.max_per_week is None or weeks.count(local.isocalendar()[:2]) < rules.max_per_week)
    )


@pytest.mark.timeout(1800)  # thousands of cases at night, each judged at three hundred instants
@given(situations())
def test_shown_exactly_when_accepted(situation: tuple[Availability, int, list[Busy], datetime, datetime]) -> None:
    rules, duration, busy, now, begin = situation
    instants = [begin + FIVE * n for n in range(300)]
    shown = {slot.start_at for slot in bookable_slots(rules, duration, busy, now, begin, instants[-1] + FIVE)}
    for instant in instants:
        verdict = slot_status(rules, duration, busy, now, instant)
        assert (verdict is SlotStatus.BOOKABLE) == (instant in shown)
        if verdict is not SlotStatus.OFF_GRID:
            assert (instant in shown) == breaks_no_rule(rules, duration, busy, now, instant)
    assert shown <= set(instants)


@given(situations())
def test_taking_a_shown_slot_never_opens_another(
    situation: tuple[Availability, int, list[Busy], datetime, datetime],
) -> None:
    rules, duration, busy, now, begin = situation
    before = bookable_slots(rules, duration, busy, now, begin, begin + timedelta(days=1))
    if not before:
        return
    taken = before[len(before) // 2]
    claim = Busy(
        taken.start_at - timedelta(minutes=rules.buffer_before_minutes),
        taken.end_at + timedelta(minutes=rules.buffer_after_minutes),
        taken.start_at,
    )
    after = bookable_slots(rules, duration, [*busy, claim], now, begin, begin + timedelta(days=1))
    assert set(after) < set(before)
    assert taken not in after
