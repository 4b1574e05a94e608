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

    async def list_unpublished(self, *, before: datetime, limit: int, after: Event | None = None) -> Sequence[Event]:
        """Events that were made before the instant, have not been marked and can be sent by now.

        Those that are due at once come first, in the order of their ids, then the others by their instant.
        """
        outbox, rows = self._mongo.collection("outbox"), list[Document]()
        for part in _parts(before + _HORIZON, after):
            query = {"published_at": None, "created_at": {"$lt": before}, **part}
            page = outbox.find(query).sort([("not_before", 1), ("_id", 1)]).limit(limit - len(rows))
            rows += await page.to_list()
            if len(rows) == limit:
                break
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


def _parts(latest: datetime, after: Event | None) -> Sequence[Document]:
    """What comes after an event in the order of the index; each part is one range of it."""
    if after is None:
        return [{"not_before": {"$not": {"$gt": latest}}}]
    alike = {"not_before": after.not_before, "_id": {"$gt": after.id}}
    later = {"$lte": latest, **({"$gt": after.not_before} if after.not_before else {})}
    return [alike, {"not_before": later}]
