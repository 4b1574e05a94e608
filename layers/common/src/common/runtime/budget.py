"""How much time an invocation has left."""

import asyncio
import time
from types import TracebackType
from typing import Any

from common.application.shared.deadline import deadline
from common.domain.shared.errors import OutOfTime

#: Kept for what follows the end of a budget: giving a claim back, answering, logging.
MARGIN_SECONDS = 1.5
#: What giving a claim back may take of it; one that is not given back expires on its own.
RELEASE_SECONDS = 1.0
#: Outside Lambda, where nobody sets a limit and one process may serve many at once.
_DEFAULT_SECONDS = 240.0


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
        seconds = remaining() / 1000 - MARGIN_SECONDS if remaining else _DEFAULT_SECONDS
        return cls(max(0.0, seconds))

    def remaining(self) -> float:
        """Seconds left, never negative."""
        return max(0.0, self._ends_at - time.monotonic())

    def has_time(self, seconds: float = 1.0) -> bool:
        """Whether at least this much is left, so that another bounded step may begin."""
        return self.remaining() >= seconds

    def bounded(self, *, share: float = 1.0) -> "Bounded":
        """Run a block within the time that is left, or a share of it, and tell everything inside when it ends.

        Returns:
            What the block is entered by: ``async with``. It raises ``OutOfTime`` where the block did not end in time
            and was broken off.
        """
        return Bounded(self.remaining() * share)


class Bounded:
    """A block with so much time; entered by every request, and so no generator.

    Args:
        seconds: from now.
    """

    def __init__(self, seconds: float) -> None:
        self._limit = asyncio.timeout(seconds)
        self._deadline = deadline(seconds)

    async def __aenter__(self) -> None:
        await self._limit.__aenter__()
        self._deadline.__enter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._deadline.__exit__(kind, error, trace)
        try:
            await self._limit.__aexit__(kind, error, trace)
        except TimeoutError as ended:
            raise OutOfTime from ended
