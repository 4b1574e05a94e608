"""What waits for moderators, in MongoDB."""

from collections.abc import Sequence
from datetime import datetime

from pymongo.asynchronous.collection import ReturnDocument

from common.adapters.mongo.shared.database import Document, Mongo
from common.adapters.mongo.shared.documents import from_document, to_native_document
from common.adapters.mongo.shared.holdings import Fate, Holding, Holdings, Whose
from common.adapters.mongo.shared.unit_of_work import current_session
from common.domain.moderation.items import WAITING, ItemKind, ItemState, ModerationItem

#: How moderators work, and how an appeal is proven, is no part of anybody's export.
_INNER = frozenset({"claimed_by", "claimed_until", "appeal_hash"})

HOLDINGS: Holdings = {
    "moderation_items": (
        Holding(
            Whose.ACCOUNT,
            Fate.KEPT,
            "reporter_id",
            "reports_to_moderators",
            hidden=frozenset({"messages", "reported_id", "excerpt", "decisions", "appeal", *_INNER}),
            why="until moderators have decided; it protects others",
        ),
        Holding(
            Whose.ACCOUNT,
            Fate.KEPT,
            "reported_id",
            "decisions_of_moderators",
            hidden=frozenset({"messages", "reporter_id", "note", "reason", *_INNER}),
            why="who reported what is nobody's business; the messages are exported",
        ),
    ),
}

_WAITING = [state.value for state in WAITING]


class MongoModeration:
    """Implements ``Moderation`` over the collection ``moderation_items``.

    Args:
        mongo: the connection.
    """

    def __init__(self, mongo: Mongo) -> None:
        self._items = mongo.collection("moderation_items")

    async def report(self, item: ModerationItem) -> ModerationItem:
        """Store what somebody has reported; returns the first where they have reported it before."""
        first = {"kind": item.kind, "subject": item.subject, "seq": item.seq, "reporter_id": item.reporter_id}
        row = to_native_document(item)
        rest = {name: value for name, value in row.items() if name not in first}
        stored = await self._items.find_one_and_update(
            first,
            {"$setOnInsert": rest},
            upsert=True,
            return_document=ReturnDocument.AFTER,
            session=current_session(),
        )
        return from_document(ModerationItem, stored or row)

    async def decide(self, kind: ItemKind, subject: str) -> None:
        """Let what was reported of one thing wait no more, inside the unit of work."""
        of_it = {"kind": kind.value, "subject": subject, "state": {"$in": _WAITING}}
        decided = {"$set": {"state": ItemState.DECIDED.value}}
        await self._items.update_many(of_it, decided, session=current_session())

    async def get(self, item_id: str) -> ModerationItem | None:
        """One item; in the unit of work as it is there."""
        row = await self._items.find_one({"_id": item_id}, session=current_session())
        return from_document(ModerationItem, row) if row else None

    async def is_waiting(self, kind: ItemKind, subject: str) -> bool:
        """Whether somebody has to decide on a thing; in the unit of work."""
        of_it = {"kind": kind.value, "subject": subject, "state": {"$in": _WAITING}}
        return await self._items.find_one(of_it, {"_id": 1}, session=current_session()) is not None

    async def list_by_state(
        self, state: ItemState | None, *, kinds: Sequence[ItemKind] = (), limit: int, after: str | None
    ) -> Sequence[ModerationItem]:
        """What is in a state, the longest waiting first (see the port)."""
        wanted: Document = {"state": {"$in": [state.value] if state else _WAITING}}
        if kinds:
            wanted["kind"] = {"$in": [each.value for each in kinds]}
        if after:
            wanted["_id"] = {"$gt": after}
        rows = self._items.find(wanted).sort("_id", 1).limit(limit).hint("queue_by_kind" if kinds else "queue")
        return [from_document(ModerationItem, row) async for row in rows]

    async def list_decided_about(self, user_id: str, *, limit: int, before: str | None) -> Sequence[ModerationItem]:
        """What was decided about what somebody has written, newest first (see the port)."""
        wanted: Document = {"reported_id": user_id, "decisions.item_id": {"$exists": True}}
        if before:
            wanted["_id"] = {"$lt": before}
        rows = self._items.find(wanted).sort("_id", -1).limit(limit).hint("reported")
        return [from_document(ModerationItem, row) async for row in rows]

    async def claim(self, item_id: str, staff_id: str, *, now: datetime, until: datetime) -> ModerationItem | None:
        """Take what waits until an instant (see the port): of two at once the database lets one through."""
        is_free = [{"claimed_until": None}, {"claimed_until": {"$lte": now}}, {"claimed_by": staff_id}]
        row = await self._items.find_one_and_update(
            {"_id": item_id, "state": {"$in": _WAITING}, "$or": is_free},
            {"$set": {"claimed_by": staff_id, "claimed_until": until}},
            return_document=ReturnDocument.AFTER,
        )
        return from_document(ModerationItem, row) if row else None

    async def save(self, item: ModerationItem) -> None:
        """Write an item that was read in the same unit of work."""
        row = to_native_document(item)
        await self._items.update_one({"_id": row.pop("_id")}, {"$set": row}, session=current_session())

    async def settle(self, item: ModerationItem) -> None:
        """Let what others have reported of the same thing end with an item's decision, inside the unit of work."""
        same: Document = {"kind": item.kind.value, "subject": item.subject, "state": {"$in": _WAITING}}
        if item.kind is ItemKind.MESSAGE:
            same["seq"] = item.seq
        decisions = to_native_document(item)["decisions"]
        decided = {"$set": {"state": ItemState.DECIDED.value, "decisions": decisions}}
        await self._items.update_many(
            {**same, "_id": {"$ne": item.id}}, decided, hint="once_a_reporter", session=current_session()
        )
