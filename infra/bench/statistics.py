"""Medians and percentiles of timed calls."""

import statistics
from dataclasses import dataclass

#: A median of fewer runs says nothing.
LEAST_RUNS = 20
#: Of fewer runs, the 99th percentile is one run.
LEAST_RUNS_FOR_P99 = 100
_PERCENT = 100


@dataclass(frozen=True)
class Timing:
    """What a series of calls took, in milliseconds.

    Attributes:
        median_ms: The median.
        p99_ms: The 99th percentile; ``None`` of fewer than a hundred runs.
        most_ms: The slowest run.
        runs: How many there were.
    """

    median_ms: float
    p99_ms: float | None
    most_ms: float
    runs: int

    def as_json(self) -> dict[str, float | None]:
        """For the saved results, rounded to microseconds."""
        return {
            "median_ms": round(self.median_ms, 3),
            "p99_ms": None if self.p99_ms is None else round(self.p99_ms, 3),
            "most_ms": round(self.most_ms, 3),
            "runs": self.runs,
        }


def summarise(milliseconds: list[float]) -> Timing:
    """Median, slowest run and, where there are enough runs, the 99th percentile of a series."""
    ordered = sorted(milliseconds)
    number = len(ordered)
    p99 = ordered[number * 99 // _PERCENT] if number >= LEAST_RUNS_FOR_P99 else None
    return Timing(statistics.median(ordered), p99, ordered[-1], number)
