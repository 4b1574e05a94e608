"""Where much is reported: what is counted of a report, in which cells, and what a cell's counters say.

A report counts in the cell of every length around it, under the week in which it was made. Its score halves every 30
days: Σ (1 + ln(1 + votes)) · 2^(-age / 30 days). A sum of halves can be brought forward in time as a whole, so the
counters hold each report's share as of the beginning of its week, in whole millionths, which can be taken out again
exactly.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import log1p
from typing import NamedTuple

from common.domain.reports.cells import Box, cell_bounds, count_covering
from common.domain.shared.model import Model

#: Lengths of the names of cells that are counted: all the world is 32 of the first, and the last are about 150 m wide.
LENGTHS = (1, 2, 3, 4, 5, 6, 7)
#: So many cells answer at most.
MOST_CELLS = 100
#: Of fewer reports nothing is told, so that a cell does not point at one house.
LEAST_REPORTS = 3
HALF_LIFE = timedelta(days=30)
#: How far back hotspots look by default and at most; after a year a report weighs a four-thousandth.
DEFAULT_PERIOD, LONGEST_PERIOD = timedelta(days=90), timedelta(days=366)
#: Weeks in that, the first and the last in part.
MOST_WEEKS = 54
_MILLION = 1_000_000
_MONDAY = datetime(2024, 1, 1, tzinfo=UTC)
_WEEK = timedelta(weeks=1)
#: The coarsest zoom of a web map at which cells of a length are wide enough on the screen, about 24 pixels.
_FIRST_ZOOM = {1: 0, 2: 2, 3: 4, 4: 7, 5: 10, 6: 12, 7: 15}


class Counted(Model):
    """What is counted of one public report.

    Args:
        geohash: its place, of the greatest of ``LENGTHS``.
        week: the Monday under which it counts.
        category: its category.
        points: its share of a score as of that Monday, in millionths.
    """

    geohash: str
    week: datetime
    category: str
    points: int

    @classmethod
    def of(cls, *, geohash: str, category: str, votes: int, created_at: datetime) -> "Counted":
        """What is to be counted of a report that everybody may see."""
        week = week_of(created_at)
        grown = 2 ** ((created_at - week) / HALF_LIFE)
        points = round(_MILLION * (1 + log1p(max(0, votes))) * grown)
        return cls(geohash=geohash[: LENGTHS[-1]], week=week, category=category, points=points)

    def cells(self) -> list[str]:
        """The cells in which it counts."""
        return [self.geohash[:length] for length in LENGTHS]


class CellWeek(NamedTuple):
    """The counters of a cell and a week: reports and points by category."""

    cell: str
    week: datetime
    counts: Mapping[str, int]
    points: Mapping[str, int]


@dataclass(frozen=True)
class Hotspot:
    """A cell in which at least three reports lie."""

    cell: str
    bounds: Box
    count: int
    score: float
    by_category: Mapping[str, int]


def week_of(instant: datetime) -> datetime:
    """The Monday, 00:00 UTC, at or before an instant."""
    return _MONDAY + (instant - _MONDAY) // _WEEK * _WEEK


def length_for(box: Box, zoom: float | None) -> int:
    """The finest cells that a rectangle is told in: no more than 100 of them, and none too small for the screen.

    Args:
        box: the rectangle.
        zoom: of the web map that shows it, 0 to 22; ``None`` where only the number counts.
    """
    fitting = [
        length
        for length in LENGTHS
        if (zoom is None or zoom >= _FIRST_ZOOM[length]) and count_covering(box, length) <= MOST_CELLS
    ]
    return max(fitting, default=LENGTHS[0])


def hotspots(rows: Iterable[CellWeek], category: str | None, now: datetime) -> list[Hotspot]:
    """What the counters say, the highest score first.

    Args:
        rows: counters of cells of one length.
        category: the one that is asked for; all of them where it is ``None``.
        now: the instant to which scores are brought forward.
    """
    scores: dict[str, float] = {}
    counts: dict[str, dict[str, int]] = {}
    for row in rows:
        faded = 2 ** (-((now - row.week) / HALF_LIFE)) / _MILLION
        by_category = counts.setdefault(row.cell, {})
        for name, count in row.counts.items():
            if count > 0 and category in {None, name}:
                by_category[name] = by_category.get(name, 0) + count
                scores[row.cell] = scores.get(row.cell, 0) + row.points.get(name, 0) * faded
    found = [
        Hotspot(cell, cell_bounds(cell), sum(by_category.values()), round(scores[cell], 3), by_category)
        for cell, by_category in counts.items()
        if sum(by_category.values()) >= LEAST_REPORTS
    ]
    return sorted(found, key=lambda each: (-each.score, each.cell))[:MOST_CELLS]
