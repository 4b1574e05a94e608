"""A repository that dawdles, so that simultaneous use cases interleave in many ways."""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from common.adapters.mongo.bookings.repository import MongoBookings
    from common.domain.bookings.booking import Booking, BookingChange


class JitteryBookings:
    """Wraps a real repository and waits a random while around its reads and commits.

    Args:
        inner: the real one.
        seed: of the waits.
    """

    def __init__(self, inner: MongoBookings, seed: int = 0) -> None:
        self._inner = inner
        self._random = random.Random(seed)  # noqa: S311
        self.longest_wait = 0.0

    async def get(self, booking_id: str) -> Booking | None:
        found = await self._inner.get(booking_id)
        await self._dawdle()
        return found

    async def commit(self, change: BookingChange) -> None:
        await self._dawdle()
        await self._inner.commit(change)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    async def _dawdle(self) -> None:
        if self.longest_wait:
            await asyncio.sleep(self._random.uniform(0, self.longest_wait))
