"""Streams in MongoDB: a document for each person, with a counter and the last hundred events."""

from collections.abc import Collection, Sequence
from datetime import datetime

from pymongo.asynchronous.collection import ReturnDocument
from pymongo.errors import DuplicateKeyError

from common.adapters.mongo.shared.database import Document, Mongo
from common.adapters.mongo.shared.documents import from_document
from common.adapters.mongo.shared.holdings import Fate, Holdings, account
from common.domain.messaging.realtime.streams import RING_SIZE, STREAM_LIFETIME, Stream, StreamEvent, numbered
from common.domain.shared.events import Event

HOLDINGS: Holdings = {
    "realtime_streams": (account("_id", Fate.DELETED, "realtime_streams"),),
}


class MongoStreams:
    """Implements ``Streams`` over the collection ``realtime_streams``; a TTL index removes what ends."""

    def __init__(self, mongo: Mongo) -> None:
        self._mongo = mongo

    async def list_live(self, user_ids: Collection[str], now: datetime) -> Sequence[str]:
        """Those of these accounts whose stream is written."""
        live = {"_id": {"$in": list(user_ids)}, "expires_at": {"$gt": now}}
        return [row["_id"] async for row in self._mongo.collection("realtime_streams").find(live, {"_id": 1})]

    async def get(self, user_id: str, now: datetime) -> Stream | None:
        """A person's stream, while it is written."""
        row = await self._mongo.collection("realtime_streams").find_one(_live(user_id, now))
        return from_document(Stream, row) if row else None

    async def open(self, user_id: str, epoch: str, now: datetime) -> None:
        """Let a person's stream be written for a week from now.

        One that was given up and is still there has missed events, so it begins anew, under another name.
        """
        streams, update = self._mongo.collection("realtime_streams"), _opened(epoch, now)
        try:
            await streams.update_one({"_id": user_id}, update, upsert=True)
        except DuplicateKeyError:
            await streams.update_one({"_id": user_id}, update)

    async def append(self, user_id: str, event: Event, now: datetime) -> tuple[str, StreamEvent] | None:
        """Add an event to a stream that is being written, unless it has it already (see the port)."""
        row = await self._mongo.collection("realtime_streams").find_one_and_update(
            _live(user_id, now),
            _appended(event),
            {"epoch": 1, "events": {"$elemMatch": {"id": event.id}}},
            return_document=ReturnDocument.AFTER,
        )
        if row is None or not row.get("events"):
            return None
        return row["epoch"], StreamEvent.model_validate(row["events"][0])


def _live(user_id: str, now: datetime) -> Document:
    return {"_id": user_id, "expires_at": {"$gt": now}}


def _opened(epoch: str, now: datetime) -> list[Document]:
    fresh: Document = {"epoch": epoch, "seq": 0, "events": []}
    is_live = {"$gt": [{"$ifNull": ["$expires_at", None]}, now]}
    kept = {name: {"$cond": [is_live, f"${name}", {"$literal": value}]} for name, value in fresh.items()}
    return [{"$set": {**kept, "expires_at": now + STREAM_LIFETIME}}]


def _appended(event: Event) -> list[Document]:
    """The update pipeline: the next number and the event behind the others, unless its id is among them."""
    row = numbered(event, 0).model_dump(mode="python")
    row = {name: {"$literal": value} for name, value in row.items()} | {"seq": {"$add": ["$seq", 1]}}
    longer = {"$slice": [{"$concatArrays": ["$events", [row]]}, -RING_SIZE]}
    is_known = {"$in": [event.id, "$events.id"]}
    return [
        {
            "$set": {
                "events": {"$cond": [is_known, "$events", longer]},
                "seq": {"$cond": [is_known, "$seq", {"$add": ["$seq", 1]}]},
            }
        }
    ]
