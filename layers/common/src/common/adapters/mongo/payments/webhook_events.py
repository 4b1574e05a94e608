"""Stripe's webhook events in MongoDB, each stored once by its id."""

from collections.abc import Sequence
from datetime import datetime

from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import DuplicateKeyError

from common.adapters.mongo.shared.database import Document
from common.adapters.mongo.shared.documents import from_document, to_native_document
from common.adapters.mongo.shared.holdings import Holdings, nobody
from common.application.ports.payments.webhooks import StripeEvent, WebhookStatus

HOLDINGS: Holdings = {
    "webhook_events": nobody("ids of Stripe's events"),
}


class MongoWebhookEvents:
    """``WebhookEvents`` over the collection ``webhook_events``."""

    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._events = database["webhook_events"]

    async def insert(self, event: StripeEvent) -> bool:
        """Store an event; ``False`` if its id is already there."""
        try:
            await self._events.insert_one(to_native_document(event))
        except DuplicateKeyError:
            return False
        return True

    async def get(self, event_id: str) -> StripeEvent | None:
        """One event by id."""
        found = await self._events.find_one({"_id": event_id})
        return None if found is None else from_document(StripeEvent, found)

    async def increment_tries(self, event_id: str) -> None:
        """Count one more attempt to process."""
        await self._events.update_one({"_id": event_id}, {"$inc": {"tries": 1}})

    async def finish(self, event_id: str, status: WebhookStatus, now: datetime) -> None:
        """Record that the event needs no more work, or that it is given up."""
        await self._events.update_one({"_id": event_id}, {"$set": {"status": status, "processed_at": now}})

    async def list_unprocessed(
        self, *, before: datetime, limit: int, after: tuple[datetime, str] | None = None
    ) -> Sequence[StripeEvent]:
        """Events received before the instant and still not processed, oldest first.

        ``after`` is (instant, id) of the last one seen.
        """
        waiting: Document = {"status": WebhookStatus.RECEIVED, "received_at": {"$lt": before}}
        if after is not None:
            waiting["received_at"]["$gte"] = after[0]
            waiting["$or"] = [{"received_at": {"$gt": after[0]}}, {"received_at": after[0], "_id": {"$gt": after[1]}}]
        cursor = self._events.find(waiting).sort([("received_at", 1), ("_id", 1)]).limit(limit)
        return [from_document(StripeEvent, row) async for row in cursor]
