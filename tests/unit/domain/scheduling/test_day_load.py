"""How full a provider's day is."""

from __future__ import annotations

from datetime import UTC, datetime, time

import pytest
from common.domain.scheduling.availability import Availability, Holiday, TimeRange, WeeklyRule
from common.domain.scheduling.slots import Busy, DayLoad, day_load

RULES = Availability(
    timezone="Pacific/Auckland",
    weekly=[WeeklyRule(weekday=day, ranges=[TimeRange(start=time(9), end=time(17))]) for day in range(7)],
)
#: Noon of the 5th in Auckland, which is UTC+13 then.
NOON = datetime(2030, 3, 4, 23, 0, tzinfo=UTC)


def at(hour: int, minute: int = 0) -> datetime:
    """An instant of that day by its UTC hour, the day before's: Auckland opens at 20 and closes at 4."""
    return datetime(2030, 3, 4 if hour >= 11 else 5, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("busy", "taken"),
    [
        ([], 0),
        ([Busy(at(21), at(22))], 60),
        ([Busy(at(19), at(21)), Busy(at(20, 30), at(21, 30))], 90),
        ([Busy(at(18), at(20))], 0),
        ([Busy(at(21), at(22), in_the_way=False)], 0),
        ([Busy(at(3), at(9))], 60),
    ],
    ids=["free", "an hour", "overlapping", "before work", "not in the way", "over the end"],
)
def test_what_is_taken_of_the_working_hours_counts(busy: list[Busy], taken: int) -> None:
    assert day_load(RULES, busy, NOON) == DayLoad(480, taken)


def test_a_day_without_work_has_no_room() -> None:
    day = NOON.date().replace(day=5)
    closed = RULES.model_copy(update={"holidays": [Holiday(first_date=day, last_date=day)]})
    assert day_load(closed, [Busy(at(21), at(22))], NOON) == DayLoad(0, 0)


def test_the_day_of_a_clock_change_has_the_hours_it_has() -> None:
    """On 7 April 2030 Auckland's clocks go back from 3:00 to 2:00."""
    always = RULES.model_copy(
        update={"weekly": [WeeklyRule(weekday=day, ranges=[TimeRange(start=time(0), end=time(0))]) for day in range(7)]}
    )
    assert day_load(always, [], datetime(2030, 4, 6, 20, 0, tzinfo=UTC)) == DayLoad(25 * 60, 0)
