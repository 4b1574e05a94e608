"""Days and weeks in which limits count, as intervals of UTC."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from common.domain.scheduling.availability import Availability
from common.domain.scheduling.slot_limits import limits_at
from hypothesis import given
from hypothesis import strategies as st

#: The last three change their clocks at midnight.
ZONES = [
    "Pacific/Auckland",
    "Australia/Lord_Howe",
    "America/New_York",
    "Europe/London",
    "UTC",
    "America/Havana",
    "Africa/Cairo",
    "America/Asuncion",
]
STEP = timedelta(minutes=30)

instants = st.integers(0, 4 * 366 * 48).map(lambda number: datetime(2022, 1, 1, tzinfo=UTC) + STEP * number)


@given(st.sampled_from(ZONES), instants, st.integers(-400, 400))
def test_an_instant_is_in_the_interval_exactly_when_it_is_the_same_local_day_or_week(
    zone: str, start: datetime, steps: int
) -> None:
    day, week = limits_at(Availability(timezone=zone, max_per_day=2, max_per_week=5), start)
    other = start + STEP * steps
    one, two = start.astimezone(ZoneInfo(zone)).date(), other.astimezone(ZoneInfo(zone)).date()
    assert (day.starts_at <= other < day.ends_at) == (one == two)
    assert (week.starts_at <= other < week.ends_at) == (one.isocalendar()[:2] == two.isocalendar()[:2])
    assert [(limit.most, limit.reason) for limit in (day, week)] == [(2, "day_full"), (5, "week_full")]


def test_without_limits_nothing_is_counted() -> None:
    assert limits_at(Availability(timezone="UTC"), datetime(2026, 1, 1, tzinfo=UTC)) == []
