"""Removes expired rows by the index on their expiry."""

from datetime import datetime

from common.adapters.mongo.shared.database import Mongo
from common.application.shared.cleanup import Expiring

_COLLECTIONS = {Expiring.SLOT_HOLDS: "slot_claims"}


class MongoExpiry:
    """Implements ``ExpiryStore``: every kind is a collection with an indexed ``expires_at``."""

    def __init__(self, mongo: Mongo) -> None:
        self._mongo = mongo

    async def delete_expired(self, kind: Expiring, *, before: datetime, limit: int) -> int:
        """Remove up to ``limit`` rows that expired before an instant; returns how many."""
        collection = self._mongo.collection(_COLLECTIONS.get(kind, kind.value))
        # The type is asked for besides, because a partial index serves only queries that repeat its filter.
        expired = {"expires_at": {"$type": "date", "$lt": before}}
        ids = [row["_id"] async for row in collection.find(expired, {"_id": 1}).limit(limit)]
        if not ids:
            return 0
        return (await collection.delete_many({"_id": {"$in": ids}, **expired})).deleted_count
