"""Reads of Stripe that can wait, at a rate that all workers share."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import stripe

from common.application.ports.shared.limits import SharedRate
from common.application.shared.deadline import seconds_left
from common.domain.shared.errors import Unavailable

T = TypeVar("T")

_KEY = "stripe-reads:reconciliation"
#: After a 429 nobody asks for so long; Stripe counts by the second (https://docs.stripe.com/rate-limits).
_PAUSE = timedelta(seconds=2)
_TRIES = 3
#: A read is not waited for where it could not be made after the wait, in seconds.
_LEAST_SECONDS = 4.0


def _now() -> datetime:
    """The machine's time: what is paced is Stripe's, which no moved clock changes."""
    return datetime.now(UTC)


class PacedReads:
    """Makes reads one by one as the shared rate lets them; a 429 stops all workers for a moment.

    Args:
        limits: the rate's store.
        per_second: reads that all workers together may make in a second.
        now: tells the time.
        sleep: waits so many seconds.
    """

    def __init__(
        self,
        limits: SharedRate,
        per_second: int,
        *,
        now: Callable[[], datetime] = _now,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._limits = limits
        self._per_second = per_second
        self._now = now
        self._sleep = sleep

    async def ask(self, read: Callable[[], Awaitable[T]]) -> T:
        """Make a read when its turn has come, and again after a 429.

        Raises:
            Unavailable: its turn does not come before the deadline.
            stripe.RateLimitError: Stripe was busy each time.
        """
        for is_last in [False] * (_TRIES - 1) + [True]:
            await self._wait()
            try:
                return await read()
            except stripe.RateLimitError:
                await self._limits.pause(_KEY, until=self._now() + _PAUSE)
                if is_last:
                    raise
        raise AssertionError("the last try returns or raises")

    async def _wait(self) -> None:
        while True:
            bucket = await self._limits.take(_KEY, limit=self._per_second, window_seconds=1, now=self._now())
            if bucket.allowed:
                return
            if seconds_left() < bucket.retry_after + _LEAST_SECONDS:
                raise Unavailable("The payment provider is busy.", retry_after=bucket.retry_after)
            await self._sleep(bucket.retry_after)
