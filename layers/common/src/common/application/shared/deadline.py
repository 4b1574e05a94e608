"""One deadline for all that an invocation does, and what a call outside may take of it.

The runtime sets it for each request, queue message and firing; tasks and threads that are started inside see it too.
Every adapter that waits for somebody outside asks ``seconds_for_call`` how long it may, so that time-outs never add up
to more than the function has. The clock is the process's own: no environment is frozen while an invocation runs.
"""

import time
from contextlib import AbstractContextManager
from contextvars import ContextVar, Token
from types import TracebackType

from common.domain.shared.errors import OutOfTime

#: Kept of every deadline for the database, which records what came of a call outside.
RECORDING_SECONDS = 2.0
#: Nobody outside answers in less, so that a call is not begun.
LEAST_SECONDS = 0.25

_ends_at: ContextVar[float] = ContextVar("deadline", default=float("inf"))


class _Deadline(AbstractContextManager[None]):
    """A block with a deadline; entered by every request, and so no generator."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._before: Token[float] | None = None

    def __enter__(self) -> None:
        self._before = _ends_at.set(min(_ends_at.get(), time.monotonic() + self._seconds))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._before is not None:
            _ends_at.reset(self._before)


def deadline(seconds: float) -> AbstractContextManager[None]:
    """Let the block end in ``seconds``; an earlier deadline around it stays in force."""
    return _Deadline(seconds)


def seconds_left() -> float:
    """Seconds until the deadline, never negative; infinite where there is none."""
    return max(0.0, _ends_at.get() - time.monotonic())


def seconds_for_call(most: float, *, is_whole: bool = False) -> float:
    """How long a call outside may take now.

    Args:
        most: seconds that it takes at the longest.
        is_whole: whether it cannot be cut short, so that it begins only where all of ``most`` is left.

    Returns:
        ``most``, or less near the deadline.

    Raises:
        OutOfTime: too little is left; the call must not be begun.
    """
    seconds = min(most, seconds_left() - RECORDING_SECONDS)
    if seconds < (most if is_whole else LEAST_SECONDS):
        raise OutOfTime
    return seconds
