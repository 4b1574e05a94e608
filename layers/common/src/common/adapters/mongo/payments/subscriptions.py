"""Providers' subscriptions in MongoDB; one for each provider."""

from collections.abc import Sequence
from datetime import datetime

from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import DuplicateKeyError

from common.adapters.mongo.shared.database import Document
from common.adapters.mongo.shared.documents import from_document, to_document
from common.adapters.mongo.shared.holdings import BOOKS, Fate, Holdings, provider
from common.domain.payments.plans import PlanStatus, Subscription

HOLDINGS: Holdings = {
    "subscriptions": (provider("_id", Fate.KEPT, "subscriptions", why=BOOKS),),
}


class MongoSubscriptions:
    """``Subscriptions`` over the collection ``subscriptions``."""

    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._subscriptions = database["subscriptions"]

    async def get(self, provider_id: str) -> Subscription | None:
        """A provider's subscription."""
        found = await self._subscriptions.find_one({"_id": provider_id})
        return None if found is None else from_document(Subscription, found)

    async def save(self, subscription: Subscription) -> bool:
        """Store it as the next revision; ``False`` if the one before is not what is stored.

        What was stored before revisions were counted has none, and stands for the first.
        """
        before = subscription.revision - 1
        if before == 0:
            return await self._insert(subscription)
        known = {"$in": [before, None]} if before == 1 else before
        document = to_document(subscription)
        replaced = await self._subscriptions.replace_one({"_id": subscription.id, "revision": known}, document)
        return replaced.matched_count == 1

    async def _insert(self, subscription: Subscription) -> bool:
        try:
            await self._subscriptions.insert_one(to_document(subscription))
        except DuplicateKeyError:
            return False
        return True

    async def list_past_due(self, since: datetime, *, limit: int) -> Sequence[Subscription]:
        """Subscriptions past due since before an instant, whose end of grace has not been applied, oldest first."""
        query = {"status": PlanStatus.PAST_DUE, "past_due_since": {"$lte": since}, "lapsed_at": None}
        cursor = self._subscriptions.find(query).sort("past_due_since", 1).limit(limit)
        return [from_document(Subscription, row) async for row in cursor]

    async def mark_lapsed(self, subscription: Subscription, now: datetime) -> None:
        """Remember that the end of grace was applied, unless the subscription has been replaced since."""
        same = {"_id": subscription.id, "revision": subscription.revision}
        await self._subscriptions.update_one(same, {"$set": {"lapsed_at": now}})
