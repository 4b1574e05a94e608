"""Which events each consumer has done."""

from datetime import datetime, timedelta

from pymongo.errors import DuplicateKeyError

from common.adapters.mongo.shared.database import Mongo
from common.adapters.mongo.shared.holdings import Holdings, nobody
from common.domain.shared.errors import Unavailable

HOLDINGS: Holdings = {
    "processed_events": nobody("ids of events"),
}

#: Longer than a message can come back: SQS keeps one for at most 14 days
#: (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html).
_KEEP = timedelta(days=15)
#: After this a claim's worker is taken for dead; longer than any worker's timeout.
STALE_AFTER = timedelta(minutes=2)


class MongoProcessedEvents:
    """Implements ``ProcessedEvents`` over the collection ``processed_events``."""

    def __init__(self, mongo: Mongo) -> None:
        self._mongo = mongo

    async def claim(self, consumer: str, event_id: str, now: datetime) -> bool:
        """Take an event for working on; ``False`` if it is done.

        Raises:
            Unavailable: it is in work elsewhere; the message must come again, for that worker may yet die.
        """
        collection = self._mongo.collection("processed_events")
        fields = {"claimed_until": now + STALE_AFTER, "expires_at": now + _KEEP}
        identity = {"_id": _id(consumer, event_id)}
        try:
            await collection.insert_one({**identity, "done_at": None, **fields})
        except DuplicateKeyError:
            stale = {**identity, "done_at": None, "claimed_until": {"$lte": now}}
            if (await collection.update_one(stale, {"$set": fields})).modified_count:
                return True
            row = await collection.find_one(identity)
            if row is not None and row["done_at"] is not None:
                return False
            raise Unavailable("Another worker is processing this event.", code="event_in_work") from None
        return True

    async def complete(self, consumer: str, event_id: str, now: datetime) -> None:
        """Mark an event as processed."""
        update = {"$set": {"done_at": now, "expires_at": now + _KEEP}}
        await self._mongo.collection("processed_events").update_one({"_id": _id(consumer, event_id)}, update)

    async def release(self, consumer: str, event_id: str) -> None:
        """Give a claimed event back after a failure, so that the redelivery works on it at once."""
        row = {"_id": _id(consumer, event_id), "done_at": None}
        await self._mongo.collection("processed_events").delete_one(row)


def _id(consumer: str, event_id: str) -> str:
    return f"{consumer}:{event_id}"
