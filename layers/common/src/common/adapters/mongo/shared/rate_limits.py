"""Token buckets: one document each, taken from in one atomic update."""

import math
from datetime import datetime, timedelta

from pymongo.asynchronous.collection import ReturnDocument
from pymongo.errors import DuplicateKeyError

from common.adapters.mongo.shared.database import Document, Mongo
from common.adapters.mongo.shared.holdings import Holdings, nobody
from common.application.ports.shared.limits import Bucket

HOLDINGS: Holdings = {
    "rate_limits": nobody("counters by digest or network address, for an hour at most"),
}

_KEEP_PAUSE = timedelta(minutes=1)


class MongoRateLimits:
    """Implements ``SharedRate`` over the collection ``rate_limits``; a TTL index removes full buckets."""

    def __init__(self, mongo: Mongo) -> None:
        self._mongo = mongo

    async def take(self, key: str, *, limit: int, window_seconds: int, now: datetime) -> Bucket:
        """Take one token; tokens come back evenly, ``limit`` of them in ``window_seconds``."""
        per_second = limit / window_seconds
        update = _take_one(now, limit, per_second, timedelta(seconds=2 * window_seconds))
        row = await self._update(key, update)
        tokens = float(row["tokens"])
        return Bucket(
            allowed=row["allowed"],
            remaining=math.floor(tokens),
            retry_after=0 if tokens >= 1 else math.ceil((1 - tokens) / per_second),
            reset=math.ceil((limit - tokens) / per_second),
        )

    async def pause(self, key: str, *, until: datetime) -> None:
        """Let nobody take a token before an instant; they come back evenly from then on."""
        empty = {"tokens": 0.0, "at": until, "expires_at": until + _KEEP_PAUSE}
        await self._mongo.collection("rate_limits").update_one({"_id": key}, {"$set": empty}, upsert=True)

    async def _update(self, key: str, update: list[Document]) -> Document:
        """Apply the update; two first requests may both try to insert, and the loser goes again."""
        collection = self._mongo.collection("rate_limits")
        try:
            row = await collection.find_one_and_update(
                {"_id": key}, update, upsert=True, return_document=ReturnDocument.AFTER
            )
        except DuplicateKeyError:
            row = await collection.find_one_and_update({"_id": key}, update, return_document=ReturnDocument.AFTER)
        return row or {"tokens": 0.0, "allowed": False}


def _take_one(now: datetime, limit: int, per_second: float, keep: timedelta) -> list[Document]:
    """The update pipeline: refill for the time passed, then take a token if there is a whole one.

    Instances' clocks differ a little, so time never runs backwards here.
    """
    since = {"$max": [0, {"$subtract": [now, {"$ifNull": ["$at", now]}]}]}
    refilled = {"$add": [{"$ifNull": ["$tokens", limit]}, {"$multiply": [per_second, {"$divide": [since, 1000]}]}]}
    return [
        {"$set": {"tokens": {"$min": [limit, refilled]}, "at": {"$max": ["$at", now]}, "expires_at": now + keep}},
        {"$set": {"allowed": {"$gte": ["$tokens", 1]}}},
        {"$set": {"tokens": {"$cond": ["$allowed", {"$subtract": ["$tokens", 1]}, "$tokens"]}}},
    ]
