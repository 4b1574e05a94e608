"""The days and weeks of a dashboard, in a zone of people."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from common.application.ports.admin.metrics import QUARTER, DayFigures

_DAY = timedelta(days=1)
_QUARTERS_A_DAY = _DAY // QUARTER


class Granularity(StrEnum):
    """How long a period is."""

    DAY = "day"
    WEEK = "week"


@dataclass(frozen=True)
class Period:
    """Some days of a zone, ``first`` and ``last`` included: the instants from ``start`` until ``end``."""

    first: date
    last: date
    start: datetime
    end: datetime


class Periods:
    """Periods that follow each other without a gap, and which of them an instant lies in.

    Args:
        first: the first day.
        last: the last day, which is in it, too.
        zone: in which days begin.
        granularity: a period is a day, or a week from Monday to Sunday as far as it lies in the range.
    """

    def __init__(self, first: date, last: date, zone: ZoneInfo, granularity: Granularity) -> None:
        self.all = _split(first, last, zone, granularity)
        self._bounds = [_quarter_of(self.all[0].start), *(_quarter_of(each.end) for each in self.all)]

    @property
    def start(self) -> datetime:
        """When the first one begins."""
        return self.all[0].start

    @property
    def end(self) -> datetime:
        """When the last one is over."""
        return self.all[-1].end

    @property
    def utc_days(self) -> tuple[date, date]:
        """The first and the last UTC day that have a part in them."""
        return self.start.date(), (self.end - QUARTER).date()

    def places(self, day: date) -> Sequence[int | None]:
        """Of each quarter of an hour of a UTC day, which period it lies in."""
        begin = _first_quarter(day)
        return [self._place(begin + quarter) for quarter in range(_QUARTERS_A_DAY)]

    def sums(self, days: Sequence[DayFigures]) -> dict[str, list[int]]:
        """What some days of one area have of each figure, by period."""
        sums: dict[str, list[int]] = {}
        for each in days:
            whole = self._of_whole(each.day)
            places = self.places(each.day) if whole is None else ()
            for name, quarters in each.counts.items():
                into = sums.setdefault(name, [0] * len(self.all))
                if whole is not None:
                    into[whole] += sum(quarters.values())
                    continue
                for quarter, number in quarters.items():
                    place = places[int(quarter)]
                    if place is not None:
                        into[place] += number
        return sums

    def _of_whole(self, day: date) -> int | None:
        """The period that all of a UTC day lies in; ``None`` where there is none."""
        begin = _first_quarter(day)
        first, last = self._place(begin), self._place(begin + _QUARTERS_A_DAY - 1)
        return first if first == last else None

    def _place(self, quarter: int) -> int | None:
        """The period that a quarter of an hour lies in."""
        place = bisect_right(self._bounds, quarter) - 1
        return place if 0 <= place < len(self.all) else None


def _first_quarter(day: date) -> int:
    return _quarter_of(datetime.combine(day, time(), UTC))


def _split(first: date, last: date, zone: ZoneInfo, granularity: Granularity) -> list[Period]:
    periods, day = list[Period](), first
    while day <= last:
        end = day if granularity is Granularity.DAY else min(last, day + (6 - day.weekday()) * _DAY)
        periods.append(Period(day, end, _midnight(day, zone), _midnight(end + _DAY, zone)))
        day = end + _DAY
    return periods


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    """When a day begins in a zone; where the clock skips midnight, at the instant of the jump."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _quarter_of(instant: datetime) -> int:
    return int(instant.timestamp()) // int(QUARTER.total_seconds())
