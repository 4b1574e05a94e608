"""Failed sign-ins, counted in the collection ``rate_limits`` so that all instances share them."""

import math
from collections.abc import Sequence
from datetime import datetime, timedelta

from pymongo.errors import DuplicateKeyError

from common.adapters.mongo.database import Document, Mongo

_LONGEST_WAIT_SECONDS = 900
#: Failures are forgotten after this long without another one.
_MEMORY = timedelta(hours=1)
_LARGEST_EXPONENT = 10


class MongoSignInGuard:
    """Implements ``SignInGuard``."""

    def __init__(self, mongo: Mongo) -> None:
        self._rows = mongo.collection("rate_limits")

    async def blocked_seconds(self, keys: Sequence[str], now: datetime) -> int:
        """Whole seconds until the last of these keys lets a try through; 0 if one may be made now."""
        cursor = self._rows.find({"_id": {"$in": list(keys)}}, {"blocked_until": 1}).limit(len(keys))
        waits = [(row["blocked_until"] - now).total_seconds() async for row in cursor if row.get("blocked_until")]
        return max(0, math.ceil(max(waits, default=0)))

    async def note_failure(self, key: str, *, free_tries: int, now: datetime) -> None:
        """Count a failure; from ``free_tries`` on, each doubles the wait, up to a quarter of an hour."""
        update = _count_one(now, free_tries)
        try:
            await self._rows.update_one({"_id": key}, update, upsert=True)
        except DuplicateKeyError:
            await self._rows.update_one({"_id": key}, update)

    async def clear(self, keys: Sequence[str]) -> None:
        """Forget failures after a success."""
        await self._rows.delete_many({"_id": {"$in": list(keys)}})


def _count_one(now: datetime, free_tries: int) -> list[Document]:
    """The update pipeline: forget what is old, add one, and wait 1, 2, 4 … seconds beyond the free tries."""
    is_old = {"$lte": [{"$ifNull": ["$expires_at", now]}, now]}
    exponent = {"$min": [_LARGEST_EXPONENT, {"$subtract": ["$failures", free_tries]}]}
    wait = {"$min": [_LONGEST_WAIT_SECONDS * 1000, {"$multiply": [1000, {"$pow": [2, exponent]}]}]}
    blocked = {"$cond": [{"$gte": ["$failures", free_tries]}, {"$add": [now, wait]}, None]}
    return [
        {"$set": {"failures": {"$add": [1, {"$cond": [is_old, 0, {"$ifNull": ["$failures", 0]}]}]}}},
        {"$set": {"blocked_until": blocked, "expires_at": now + _MEMORY}},
    ]
