"""Medians and percentiles of timed calls."""

import statistics
from dataclasses import asdict, dataclass

_PERCENT = 100


@dataclass(frozen=True)
class Timing:
    """What a series of calls took, in milliseconds."""

    median_ms: float
    p99_ms: float
    runs: int

    def as_json(self) -> dict[str, float]:
        """For the saved results, rounded to microseconds."""
        return {name: round(value, 3) for name, value in asdict(self).items()}


def summarise(milliseconds: list[float]) -> Timing:
    """Median and 99th percentile of a series; of a short one the latter is its slowest run."""
    ordered = sorted(milliseconds)
    last = ordered[min(len(ordered) - 1, len(ordered) * 99 // _PERCENT)]
    return Timing(statistics.median(ordered), last, len(ordered))
