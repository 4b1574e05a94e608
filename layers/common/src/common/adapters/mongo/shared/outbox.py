"""The transactional outbox in MongoDB. Looking into an empty one takes no model of an event."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from pymongo.errors import PyMongoError

from common.adapters.mongo.shared.database import Document, Mongo
from common.adapters.mongo.shared.holdings import Holdings, nobody
from common.adapters.mongo.shared.unit_of_work import current_session
from common.domain.shared.events import Event

HOLDINGS: Holdings = {
    "outbox": nobody("events on their way; what names people is blanked once it is sent, and all go after a week"),
}

#: What is due later than SQS can delay a message (15 minutes) stays until it is not.
_HORIZON = timedelta(minutes=15)
#: Their payloads name people and may carry one-time tokens, which are not kept longer than they must.
_BLANKED_TYPES = ["mail.requested", "mail.link_requested", "account.deleted"]


class MongoOutbox:
    """Implements ``Outbox`` over the collection ``outbox``; a TTL index removes published rows after a week.

    Args:
        mongo: the connection.
        warn: called with a sentence and fields where published events could not be marked.
    """

    def __init__(self, mongo: Mongo, warn: Callable[[str, dict[str, Any]], None]) -> None:
        self._mongo = mongo
        self._warn = warn

    async def insert(self, events: Sequence[Event]) -> None:
        """Store events: in the unit of work under way, or on their own where no other write belongs to them."""
        rows = []
        for event in events:
            fields = event.model_dump()
            rows.append({"_id": fields.pop("id"), **fields, "published_at": None})
        if rows:
            await self._mongo.collection("outbox").insert_many(rows, session=current_session())

    async def list_unpublished(self, *, before: datetime, limit: int, after: str = "") -> Sequence[Event]:
        """Events that were made before the instant, have not been marked and can be sent by now, oldest first."""
        due = {"$or": [{"not_before": None}, {"not_before": {"$lte": before + _HORIZON}}]}
        query: Document = {"published_at": None, "created_at": {"$lt": before}, **due}
        if after:
            query["_id"] = {"$gt": after}
        rows = await self._mongo.collection("outbox").find(query).sort("_id", 1).limit(limit).to_list()
        if not rows:
            return []

        return [Event(id=row["_id"], **row) for row in rows]

    async def mark_published(self, event_ids: Sequence[str], now: datetime) -> None:
        """Mark events as published and blank the payloads that may carry one-time tokens.

        Never raises while the database is unavailable: the events are out, and the sweep sends again what is not
            marked.
        """
        payload = {"$cond": [{"$in": ["$type", _BLANKED_TYPES]}, {"$literal": {}}, "$payload"]}
        try:
            await self._mongo.collection("outbox").update_many(
                {"_id": {"$in": list(event_ids)}}, [{"$set": {"published_at": now, "payload": payload}}]
            )
        except PyMongoError as error:
            self._warn("Events not marked as published", {"error": type(error).__name__, "count": len(event_ids)})
