"""What became of a city's jobs, as the figures by which ways are compared."""

from __future__ import annotations

import statistics
from collections import Counter
from dataclasses import dataclass, field, fields
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class Ending(Enum):
    """How a job ended."""

    FILLED = "filled"
    NOBODY = "nobody"
    GAVE_UP = "gave up"


@dataclass
class Outcome:
    """What became of every job of one city in one way.

    Attributes:
        endings: How many ended how.
        waits: Minutes from each request that was filled to its match.
        qualities: How good those are who were matched.
        offers: How many offers were made.
        withdrawn: How many of them were still open when somebody else was matched, or the customer gave up.
        won: Jobs of each provider.
        newcomers_share: Which share of the providers is new.
        won_by_newcomers: How many jobs they got.
    """

    endings: Counter[Ending] = field(default_factory=Counter)
    waits: list[float] = field(default_factory=list)
    qualities: list[float] = field(default_factory=list)
    offers: int = 0
    withdrawn: int = 0
    won: list[int] = field(default_factory=list)
    newcomers_share: float = 0
    won_by_newcomers: int = 0

    def figures(self) -> Figures:
        """The figures."""
        filled = self.endings[Ending.FILLED]
        each = max(1, filled)
        return Figures(
            filled=filled / max(1, self.endings.total()),
            median_minutes=statistics.median(self.waits) if self.waits else 0,
            slow_minutes=statistics.quantiles(self.waits, n=10)[-1] if len(self.waits) > 1 else 0,
            offers=self.offers / each,
            in_vain=self.withdrawn / each,
            quality=statistics.fmean(self.qualities) if self.qualities else 0,
            gini=gini(self.won),
            newcomers=self.won_by_newcomers / each / self.newcomers_share if self.newcomers_share else 0,
        )


@dataclass(frozen=True)
class Figures:
    """What is compared.

    Attributes:
        filled: Which share of the requests found somebody.
        median_minutes: To the match.
        slow_minutes: To the match of the slowest tenth, at least.
        offers: For each match.
        in_vain: Offers for each match that were withdrawn: somebody else had the job, or nobody waited any more.
        quality: How good those are who came, 0 to 1.
        gini: How unevenly jobs are spread over providers: 0 is evenly, 1 is all to one.
        newcomers: How many jobs newcomers get to their share of the providers.
    """

    filled: float
    median_minutes: float
    slow_minutes: float
    offers: float
    in_vain: float
    quality: float
    gini: float
    newcomers: float


def mean(figures: Sequence[Figures]) -> Figures:
    """The figures of several cities as one."""
    names = [each.name for each in fields(Figures)]
    return Figures(**{name: statistics.fmean(getattr(one, name) for one in figures) for name in names})


def gini(counts: Sequence[int]) -> float:
    """How uneven counts are: half the relative mean difference (https://en.wikipedia.org/wiki/Gini_coefficient)."""
    ordered, total = sorted(counts), sum(counts)
    if not total:
        return 0.0
    number = len(ordered)
    return sum((2 * place - number + 1) * count for place, count in enumerate(ordered)) / (number * total)
