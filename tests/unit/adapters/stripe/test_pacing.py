"""Reads that can wait: a rate that all workers share, and what a 429 does to it."""

from __future__ import annotations

import asyncio
import math
from datetime import datetime, timedelta

import pytest
import stripe
from common.adapters.stripe.pacing import PacedReads
from common.application.ports.shared.limits import Bucket
from common.application.shared.deadline import deadline
from common.domain.shared.errors import Unavailable

from tests.fakes.clock import START, FakeClock


class Time(FakeClock):
    """A clock that sleeping moves."""

    async def sleep(self, seconds: float) -> None:
        self.advance(seconds=max(0.0, seconds))
        await asyncio.sleep(0)


class OneBucket:
    """A token bucket in memory."""

    def __init__(self) -> None:
        self.tokens, self.at = math.inf, START

    async def take(self, key: str, *, limit: int, window_seconds: int, now: datetime) -> Bucket:  # noqa: ARG002 - the port's
        passed = max(0.0, (now - self.at).total_seconds())
        self.tokens, self.at = min(limit, self.tokens + passed * limit), max(now, self.at)
        allowed = self.tokens >= 1
        self.tokens -= int(allowed)
        return Bucket(allowed=allowed, remaining=0, retry_after=0 if allowed else 1, reset=0)

    async def pause(self, key: str, *, until: datetime) -> None:  # noqa: ARG002 - the port's
        self.tokens, self.at = 0.0, until


async def test_all_workers_together_keep_to_the_rate() -> None:
    time, bucket, asked = Time(), OneBucket(), list[datetime]()

    async def read() -> None:
        asked.append(time.now())

    workers = [PacedReads(bucket, 10, now=time.now, sleep=time.sleep) for _ in range(4)]
    for number in range(200):
        await workers[number % 4].ask(read)

    for first in asked:
        assert sum(first <= each < first + timedelta(seconds=1) for each in asked) <= 10
    assert asked[-1] - START <= timedelta(seconds=20)


async def test_a_429_stops_everybody_for_a_moment_and_the_read_is_made_again() -> None:
    time, bucket, asked = Time(), OneBucket(), list[datetime]()
    mine, others = (PacedReads(bucket, 10, now=time.now, sleep=time.sleep) for _ in range(2))

    async def busy_twice() -> str:
        asked.append(time.now())
        if len(asked) < 3:
            raise stripe.RateLimitError("busy")
        return "read"

    assert await mine.ask(busy_twice) == "read"
    assert [each - START for each in asked] == [timedelta(seconds=each) for each in (0, 3, 6)]

    async def always_busy() -> None:
        raise stripe.RateLimitError("busy")

    with pytest.raises(stripe.RateLimitError):
        await mine.ask(always_busy)
    before = time.now()

    async def read() -> datetime:
        return time.now()

    assert await others.ask(read) >= before + timedelta(seconds=2)


async def test_nobody_waits_beyond_the_deadline() -> None:
    time, bucket = Time(), OneBucket()
    reads = PacedReads(bucket, 1, now=time.now, sleep=time.sleep)

    async def read() -> None:
        """Nothing."""

    await reads.ask(read)
    with deadline(2.0), pytest.raises(Unavailable):
        await reads.ask(read)
