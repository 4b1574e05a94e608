"""The CPU that four weeks of slots cost."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from datetime import time as wall_time

from common.domain.scheduling.availability import Availability, TimeRange, WeeklyRule
from common.domain.scheduling.slots import Busy, bookable_slots

from infra.bench.statistics import Timing, summarise

DAYS, BOOKINGS = 28, 200
_RUNS = 100
_NOW = datetime(2026, 9, 14, tzinfo=UTC)  # the weeks hold a change of clocks
_HOURS = [TimeRange(start=wall_time(8), end=wall_time(12)), TimeRange(start=wall_time(13), end=wall_time(18))]
_RULES = Availability(
    timezone="Pacific/Auckland",
    weekly=[WeeklyRule(weekday=day, ranges=_HOURS) for day in range(7)],
    buffer_after_minutes=15,
    max_per_day=12,
    max_per_week=70,
)


def measure() -> tuple[Timing, int]:
    """Process time of computing the slots in milliseconds, and how many there are."""
    busy = []
    for number in range(BOOKINGS):
        start = _NOW + number * timedelta(days=DAYS) / BOOKINGS
        busy.append(Busy(start, start + timedelta(hours=1), start))
    found = 0
    taken = []
    for _ in range(_RUNS):
        started = time.process_time()
        found = len(bookable_slots(_RULES, 60, busy, _NOW, _NOW, _NOW + timedelta(days=DAYS)))
        taken.append((time.process_time() - started) * 1000)
    return summarise(taken), found
