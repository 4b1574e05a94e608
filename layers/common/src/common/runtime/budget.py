"""How much time an invocation has left."""

import time
from typing import Any

#: Kept for answering, logging and one last database write.
_MARGIN_SECONDS = 1.5
#: Outside Lambda, where nobody sets a limit.
_DEFAULT_SECONDS = 30.0


class Budget:
    """The time until the invocation should be done, a margin before Lambda would kill it.

    Args:
        seconds: time from now.
    """

    def __init__(self, seconds: float) -> None:
        self._ends_at = time.monotonic() + seconds

    @classmethod
    def of(cls, context: Any) -> "Budget":
        """The budget of a Lambda invocation, by its context's ``get_remaining_time_in_millis``."""
        remaining = getattr(context, "get_remaining_time_in_millis", None)
        seconds = remaining() / 1000 - _MARGIN_SECONDS if remaining else _DEFAULT_SECONDS
        return cls(max(0.0, seconds))

    def remaining(self) -> float:
        """Seconds left, never negative."""
        return max(0.0, self._ends_at - time.monotonic())

    def has_time(self, seconds: float = 1.0) -> bool:
        """Whether at least this much is left, so that another bounded step may begin."""
        return self.remaining() >= seconds
