"""Providers' private calendar feeds in MongoDB; only digests of tokens are stored."""

from datetime import datetime

from common.adapters.mongo.database import Mongo


class MongoCalendarFeeds:
    """Implements ``CalendarFeeds``: a document for each provider.

    Args:
        mongo: the connection.
    """

    def __init__(self, mongo: Mongo) -> None:
        self._feeds = mongo.collection("calendar_feeds")

    async def put(self, provider_id: str, token_hash: str, now: datetime) -> None:
        """Give a provider a new token."""
        feed = {"token_hash": token_hash, "created_at": now}
        await self._feeds.replace_one({"_id": provider_id}, feed, upsert=True)

    async def remove(self, provider_id: str) -> None:
        """End a provider's feed."""
        await self._feeds.delete_one({"_id": provider_id})

    async def provider_of(self, token_hash: str) -> str | None:
        """The provider whose feed a token opens."""
        row = await self._feeds.find_one({"token_hash": token_hash}, {"_id": 1})
        return None if row is None else str(row["_id"])
