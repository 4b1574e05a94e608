"""Private calendar feeds in MongoDB; only digests of tokens are stored."""

from datetime import datetime

from common.adapters.mongo.shared.database import Mongo
from common.adapters.mongo.shared.holdings import SECRETS, Fate, Holdings, account, provider
from common.adapters.mongo.shared.unit_of_work import current_session

HOLDINGS: Holdings = {
    "calendar_feeds": (
        account("_id", Fate.DELETED, why=SECRETS, is_at_once=True),
        provider("_id", Fate.DELETED, why=SECRETS, is_at_once=True),
    ),
}


class MongoCalendarFeeds:
    """Implements ``CalendarFeeds``: a document for each owner.

    Args:
        mongo: the connection.
    """

    def __init__(self, mongo: Mongo) -> None:
        self._feeds = mongo.collection("calendar_feeds")

    async def save(self, owner_id: str, token_hash: str, now: datetime) -> None:
        """Give an owner, an account or a provider's profile, a new token."""
        feed = {"token_hash": token_hash, "created_at": now}
        await self._feeds.replace_one({"_id": owner_id}, feed, upsert=True)

    async def delete_by_owner(self, owner_id: str) -> bool:
        """End an owner's feed; whether there was one."""
        result = await self._feeds.delete_one({"_id": owner_id}, session=current_session())
        return result.deleted_count > 0

    async def find_owner(self, token_hash: str) -> str | None:
        """Whose feed a token opens."""
        row = await self._feeds.find_one({"token_hash": token_hash}, {"_id": 1})
        return None if row is None else str(row["_id"])
