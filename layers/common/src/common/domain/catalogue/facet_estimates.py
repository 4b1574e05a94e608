"""Sums of counters: of everything, and what of it lies within a disc and reaches its middle."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from math import sqrt

from common.domain.catalogue.facet_counts import (
    CATEGORY,
    COLUMNS,
    NOWHERE,
    NUMBER,
    PLACE,
    PRICE,
    PRICE_EDGES,
    RATING,
    RATING_EDGES,
    REACH,
    ROWS,
    SQUARES,
)
from common.domain.catalogue.place_kinds import PlaceKind
from common.domain.shared.geo import Point
from common.domain.shared.patches import Patch, cells_from, share_of_square

#: A counter's parts by band of reach.
Counts = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class Estimate:
    """Whole numbers that go together: categories add up to ``number``, and no other figure is above it."""

    number: int
    categories: Mapping[str, int]
    prices: Sequence[int]
    ratings: Sequence[int]
    place_kinds: Mapping[PlaceKind, int]
    currency: str | None


def sum_all(counters: Iterable[Counts]) -> dict[str, float]:
    """What some counters have together, whatever it reaches."""
    total: defaultdict[str, float] = defaultdict(float)
    for counts in counters:
        for part in counts.values():
            for field, number in part.items():
                total[field] += number
    return total


def sum_near(
    centre: Point, patches: Iterable[Patch], counters: Mapping[str, Counts], radius_m: float, doubt_m: float
) -> dict[str, float]:
    """What lies within a disc and comes to its middle, as if each part of a counter were spread over a square.

    Args:
        centre: of the disc.
        patches: the disc's tiles.
        counters: by tile; a tile without any has none.
        radius_m: of the disc.
        doubt_m: how far from the middle the place that was meant may lie.
    """
    total: defaultdict[str, float] = defaultdict(float)
    for patch in patches:
        for band, part in counters.get(patch.name, {}).items():
            if band == NOWHERE or part.get(NUMBER, 0) <= 0:
                continue
            share = _share(centre, part, radius_m, doubt_m, patch.cell_m)
            if share:
                for field, each in part.items():
                    total[field] += share * each
    return total


def _share(centre: Point, part: Mapping[str, int], radius_m: float, doubt_m: float, cell_m: float) -> float:
    """How much of a part lies within a disc and comes to its middle."""
    number = part[NUMBER]
    column, row = part.get(COLUMNS, 0) / number, part.get(ROWS, 0) / number
    spread = max(0.0, part.get(SQUARES, 0) / number - column * column - row * row)
    x, y = cells_from(centre, column + 0.5, row + 0.5)
    reach_m = min(radius_m, part.get(REACH, 0) / number + doubt_m)
    # The squares of the distances from the middle of a square are a sixth of its area on average; a cell is one.
    return share_of_square(x, y, sqrt(6 * spread + 1), reach_m / cell_m)


def by_category(total: Mapping[str, float]) -> Counter[str]:
    """Whole numbers by category of a sum without shares."""
    return Counter({field.removeprefix(CATEGORY): int(n) for field, n in total.items() if field.startswith(CATEGORY)})


def whole_numbers(total: Mapping[str, float]) -> Estimate:
    """A sum of counters as figures to show, its prices in the currency that most have."""
    categories = sorted((field, n) for field, n in total.items() if field.startswith(CATEGORY))
    rounded = _rounded([n for _, n in categories])
    number = sum(rounded)
    currency = _commonest_currency(total)
    prices = [total.get(f"{PRICE}{currency}{band}", 0.0) for band in range(len(PRICE_EDGES))]
    ratings = accumulate(max(0.0, total.get(f"{RATING}{band}", 0.0)) for band in range(len(RATING_EDGES)))
    return Estimate(
        number=number,
        categories={
            field.removeprefix(CATEGORY): each for (field, _), each in zip(categories, rounded, strict=True) if each
        },
        prices=_rounded(prices, number),
        ratings=[min(number, round(each)) for each in ratings],
        place_kinds={kind: min(number, max(0, round(total.get(PLACE + kind, 0.0)))) for kind in PlaceKind},
        currency=currency,
    )


def _rounded(values: Sequence[float], most: float = float("inf")) -> list[int]:
    """Whole numbers whose sums are the rounded sums, so that many small ones neither vanish nor add up to more."""
    ends = [min(most, round(end)) for end in accumulate((max(0.0, each) for each in values), initial=0.0)]
    return [int(after - before) for before, after in pairwise(ends)]


def _commonest_currency(total: Mapping[str, float]) -> str | None:
    counted: Counter[str] = Counter()
    for field, n in total.items():
        if field.startswith(PRICE):
            counted[field[len(PRICE) : -1]] += n  # type: ignore[assignment]
    return max(counted, key=lambda name: (counted[name], name)) if any(n > 0 for n in counted.values()) else None
