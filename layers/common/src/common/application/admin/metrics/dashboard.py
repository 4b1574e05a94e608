"""The dashboard: figures of some days by period, and what waits for staff now."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from common.application.admin.metrics.deps import MetricsDeps
from common.application.admin.metrics.durations import median_seconds
from common.application.admin.metrics.periods import Granularity, Period, Periods
from common.application.ports.admin.metrics import (
    ACTION,
    SEPARATOR,
    Area,
    DayFigures,
    Figure,
    MoneyFigure,
    SeenQueues,
    Waiting,
)
from common.application.shared.together import together

_DAY = timedelta(days=1)
#: What waits is counted up to here; more than this says enough.
MOST_COUNTED = 1_000


@dataclass(frozen=True)
class Series:
    """A figure over the whole range, and by period; ``None`` where there is nothing to make it of."""

    total: float | None
    values: Sequence[float | None]


@dataclass(frozen=True)
class Dashboard:
    """Figures by area and name, with all periods they are given for.

    ``computed_at`` is when the last day was counted, ``is_complete`` whether every day that has begun was.
    ``waiting`` is what waits for staff now.
    """

    periods: Sequence[Period]
    figures: Mapping[Area, Mapping[str, Series]]
    computed_at: datetime | None
    is_complete: bool
    waiting: Mapping[Waiting, int]
    queues: SeenQueues | None


async def read_dashboard(
    deps: MetricsDeps,
    first: date,
    last: date,
    zone: ZoneInfo,
    granularity: Granularity,
    *,
    areas: Collection[Area],
    waiting: Collection[Waiting],
    currency: str,
) -> Dashboard:
    """Read the figures of some days, as they were counted last.

    Args:
        deps: ports.
        first: the first day, in ``zone``.
        last: the last day, which is in it, too; the caller bounds the range.
        zone: in which days begin.
        granularity: by days or weeks.
        areas: what the caller may see.
        waiting: what of what waits the caller may see.
        currency: of the amounts.
    """
    periods = Periods(first, last, zone, granularity)
    since, until = periods.utc_days
    days, queues, counts = await together(
        deps.metrics.list(since, until, areas),
        deps.runs.get_queues(),
        deps.open_counts.count(waiting, most=MOST_COUNTED),
    )
    by_area: dict[Area, list[DayFigures]] = {area: [] for area in Area if area in areas}
    for each in days:
        by_area[each.area].append(each)
    begun = min(until, deps.clock.now().date())
    # Days that are over were counted when they ended, which says nothing of how new the figures are.
    latest = max((each.day for each in days), default=None)
    return Dashboard(
        periods=periods.all,
        figures={area: _series_of(area, of_area, periods, currency) for area, of_area in by_area.items()},
        computed_at=min((each.computed_at for each in days if each.day == latest), default=None),
        is_complete=len(days) >= len(by_area) * max(0, (begun - since).days + 1),
        waiting=counts,
        queues=queues,
    )


def _series_of(area: Area, days: Sequence[DayFigures], periods: Periods, currency: str) -> dict[str, Series]:
    sums = periods.sums(days)
    none = [0] * len(periods.all)
    if area is Area.BOOKINGS:
        return {
            **{name: _counted(sums.get(name, none)) for name in (Figure.CREATED, Figure.DISPUTED)},
            **_actions(sums),
        }
    if area is Area.MONEY:
        return {name: _counted(sums.get(f"{name}{SEPARATOR}{currency}", none)) for name in MoneyFigure}
    if area is Area.MATCHING:
        requested, filled = sums.get(Figure.REQUESTED, none), sums.get(Figure.FILLED, none)
        return {
            Figure.REQUESTED: _counted(requested),
            Figure.FILLED: _counted(filled),
            "fill_rate": _share(filled, requested),
            Figure.TIME_TO_MATCH: _median(sums, Figure.TIME_TO_MATCH, len(none)),
        }
    if area is Area.PEOPLE:
        return {
            **{
                name: _counted(sums.get(name, none))
                for name in (Figure.NEW_PEOPLE, Figure.NEW_GUESTS, Figure.NEW_PROVIDERS)
            },
            Figure.ACTIVE_PEOPLE: _daily_mean(days, periods),
        }
    agreed, disagreed = sums.get(Figure.VERDICT_AGREED, none), sums.get(Figure.VERDICT_DISAGREED, none)
    return {
        Figure.CREATED: _counted(sums.get(Figure.CREATED, none)),
        Figure.TIME_TO_ANSWER: _median(sums, Figure.TIME_TO_ANSWER, len(none)),
        Figure.VERDICT_AGREED: _counted(agreed),
        Figure.VERDICT_DISAGREED: _counted(disagreed),
        "verdict_agreement": _share(agreed, [a + b for a, b in zip(agreed, disagreed, strict=True)]),
        **_actions(sums),
    }


def _counted(values: Sequence[int]) -> Series:
    return Series(sum(values), values)


def _actions(sums: Mapping[str, Sequence[int]]) -> dict[str, Series]:
    return {name: _counted(values) for name, values in sorted(sums.items()) if name.startswith(ACTION)}


def _share(parts: Sequence[int], wholes: Sequence[int]) -> Series:
    def share(part: int, whole: int) -> float | None:
        return round(part / whole, 4) if whole else None

    return Series(share(sum(parts), sum(wholes)), [share(*each) for each in zip(parts, wholes, strict=True)])


def _median(sums: Mapping[str, Sequence[int]], name: Figure, count: int) -> Series:
    """Medians of durations, which are counted by class."""
    classes = {
        int(key.partition(SEPARATOR)[2]): values for key, values in sums.items() if key.startswith(name + SEPARATOR)
    }
    values = [median_seconds({each: numbers[place] for each, numbers in classes.items()}) for place in range(count)]
    return Series(median_seconds({each: sum(numbers) for each, numbers in classes.items()}), values)


def _daily_mean(days: Sequence[DayFigures], periods: Periods) -> Series:
    """People active on a day, on average: somebody active on two days is one of each.

    Whoever acts twice is counted once, so that a day cannot be cut; it counts where the most of it lies.
    """
    by_period: list[list[int]] = [[] for _ in periods.all]
    for each in days:
        noon = datetime.combine(each.day, datetime.min.time(), UTC) + _DAY / 2
        for place, period in enumerate(periods.all):
            if period.start <= noon < period.end:
                by_period[place].append(each.totals.get(Figure.ACTIVE_PEOPLE, 0))
    every = [number for numbers in by_period for number in numbers]
    return Series(_mean(every), [_mean(numbers) for numbers in by_period])


def _mean(numbers: Sequence[int]) -> float | None:
    return round(sum(numbers) / len(numbers), 2) if numbers else None
