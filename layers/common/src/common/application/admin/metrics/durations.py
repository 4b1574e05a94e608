"""Durations, counted by class: classes of several days add up, and their median is as exact as people need it."""

from bisect import bisect_left
from collections.abc import Mapping

_HOUR, _DAY = 60, 24 * 60
#: Upper ends of the classes, in minutes; what takes longer is in one class more.
CLASSES = (
    *(1, 2, 5, 10, 15, 20, 30, 45),
    *(_HOUR * hours for hours in (1, 2, 3, 4, 6, 8, 12)),
    *(_DAY * days for days in (1, 2, 3, 5, 7, 14, 30)),
)
_ENDS = tuple(60 * minutes for minutes in (*CLASSES, 2 * CLASSES[-1]))


def duration_class(seconds: int) -> int:
    """The class of a duration: its place in ``CLASSES``."""
    return bisect_left(_ENDS[:-1], max(0, seconds))


def median_seconds(counts: Mapping[int, int]) -> int | None:
    """The upper end of the class that holds the middle duration; of the last class, twice its lower end.

    Args:
        counts: how many durations each class has.

    Returns:
        Seconds; ``None`` where there are no durations.
    """
    middle, so_far = (sum(counts.values()) + 1) // 2, 0
    for place in sorted(counts):
        so_far += counts[place]
        if so_far >= middle > 0:
            return _ENDS[place]
    return None
