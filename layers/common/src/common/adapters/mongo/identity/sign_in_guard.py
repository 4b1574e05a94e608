"""Tries to sign in, counted in the collection ``rate_limits`` so that all instances share them."""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from pymongo.errors import DuplicateKeyError

from common.adapters.mongo.shared.database import Document, Mongo

_LONGEST_WAIT_SECONDS = 900
#: Failures are forgotten after this long without another one.
_MEMORY = timedelta(hours=1)
_LARGEST_EXPONENT = 10


class MongoSignInGuard:
    """Implements ``SignInGuard``."""

    def __init__(self, mongo: Mongo) -> None:
        self._rows = mongo.collection("rate_limits")

    async def begin_try(self, keys: Mapping[str, int], now: datetime) -> int:
        """Count a try before it is made; 0 if it may be made, else whole seconds to wait."""
        if wait := await self._blocked_seconds(list(keys), now):
            return wait
        for key, free_tries in keys.items():
            if wait := await self._count(key, free_tries, now):
                return wait
        return 0

    async def _blocked_seconds(self, keys: Sequence[str], now: datetime) -> int:
        cursor = self._rows.find({"_id": {"$in": list(keys)}}, {"blocked_until": 1}).limit(len(keys))
        return max([_wait(row, now) async for row in cursor], default=0)

    async def _count(self, key: str, free_tries: int, now: datetime) -> int:
        """Count one try, unless another request's has closed the limit since it was read."""
        update = _count_one(now, free_tries)
        try:
            before = await self._rows.find_one_and_update({"_id": key}, update, upsert=True)
        except DuplicateKeyError:
            before = await self._rows.find_one_and_update({"_id": key}, update)
        return _wait(before or {}, now)

    async def clear(self, keys: Sequence[str]) -> None:
        """Forget failures after a success."""
        await self._rows.delete_many({"_id": {"$in": list(keys)}})


def _wait(row: Document, now: datetime) -> int:
    until = row.get("blocked_until")
    return max(0, math.ceil((until - now).total_seconds())) if until else 0


def _count_one(now: datetime, free_tries: int) -> list[Document]:
    """The update pipeline: forget what is old, add one, and wait 1, 2, 4 … seconds beyond the free tries."""
    is_blocked = {"$gt": ["$blocked_until", now]}
    is_old = {"$lte": [{"$ifNull": ["$expires_at", now]}, now]}
    counted = {"$add": [1, {"$cond": [is_old, 0, {"$ifNull": ["$failures", 0]}]}]}
    exponent = {"$min": [_LARGEST_EXPONENT, {"$subtract": ["$failures", free_tries]}]}
    wait = {"$min": [_LONGEST_WAIT_SECONDS * 1000, {"$multiply": [1000, {"$pow": [2, exponent]}]}]}
    blocked = {"$cond": [{"$gte": ["$failures", free_tries]}, {"$add": [now, wait]}, None]}
    return [
        {"$set": {"failures": {"$cond": [is_blocked, "$failures", counted]}}},
        {
            "$set": {
                "blocked_until": {"$cond": [is_blocked, "$blocked_until", blocked]},
                "expires_at": now + _MEMORY,
            }
        },
    ]
