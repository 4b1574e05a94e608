"""Which Stripe customer belongs to which account."""

from pymongo.asynchronous.collection import ReturnDocument
from pymongo.asynchronous.database import AsyncDatabase

from common.adapters.mongo.shared.database import Document


class MongoStripeCustomers:
    """``StripeCustomers`` on the account's own document."""

    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._users = database["users"]

    async def replace(self, user_id: str, gone: str, customer_id: str) -> str | None:
        """Store the customer in place of one that Stripe has no more; returns what ``remember`` does."""
        known = {"_id": user_id, "stripe_customer_id": gone, "deleted_at": None}
        await self._users.update_one(known, {"$set": {"stripe_customer_id": customer_id}})
        return await self.remember(user_id, customer_id)

    async def remember(self, user_id: str, customer_id: str) -> str | None:
        """Store the customer where none is stored yet; the one that is stored now, ``None`` for a deleted account."""
        stored = await self._users.find_one_and_update(
            {"_id": user_id, "deleted_at": None},
            [{"$set": {"stripe_customer_id": {"$ifNull": ["$stripe_customer_id", customer_id]}}}],
            projection={"stripe_customer_id": 1},
            return_document=ReturnDocument.AFTER,
        )
        return str(stored["stripe_customer_id"]) if stored else None
