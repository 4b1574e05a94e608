"""What models have said of reports, in the collection ``verdicts``: kept for good, found by what they were shown."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from pymongo.errors import DuplicateKeyError

from common.adapters.mongo.shared.database import Mongo
from common.adapters.mongo.shared.holdings import Holdings, nobody

HOLDINGS: Holdings = {
    "verdicts": nobody("what models said of texts and photographs, under a digest of these, without whose they are"),
}


class MongoVerdicts:
    """Remembers opinions.

    Args:
        mongo: the connection.
    """

    def __init__(self, mongo: Mongo) -> None:
        self._rows = mongo.collection("verdicts")

    async def get(self, key: str) -> Mapping[str, Any] | None:
        """What was said; ``key`` is a digest of what was shown to whom."""
        row = await self._rows.find_one({"_id": key}, {"opinion": 1})
        return None if row is None else row["opinion"]

    async def keep(self, key: str, opinion: Mapping[str, Any], now: datetime) -> None:
        """Remember what was said; who said it first stays."""
        said = {"opinion": dict(opinion), "created_at": now}
        with suppress(DuplicateKeyError):  # another instance has just said it
            await self._rows.update_one({"_id": key}, {"$setOnInsert": said}, upsert=True)
