"""Whether what a process remembers is still fresh, by the machine's time of day.

Not by ``time.monotonic``: an environment that is frozen between invocations, or restored from a snapshot of hours
ago, goes on counting where it stopped, so that what is stale would pass for fresh. Where the time of day is set back,
nothing is fresh.
"""

import time

#: What has never been read.
NEVER = float("-inf")


def now() -> float:
    """Seconds of the time of day, to remember with what has just been read."""
    return time.time()


def is_fresh(read_at: float, seconds: float) -> bool:
    """Whether something read then may be used, being younger than ``seconds``."""
    return 0 <= time.time() - read_at < seconds
