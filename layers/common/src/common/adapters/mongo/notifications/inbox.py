"""Inboxes, preferences and push subscriptions in MongoDB."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from pymongo.asynchronous.collection import ReturnDocument
from pymongo.asynchronous.database import AsyncDatabase

from common.adapters.mongo.shared.database import Document
from common.adapters.mongo.shared.documents import from_document, to_native_document
from common.adapters.mongo.shared.holdings import Fate, Holdings, account
from common.application.ports.notifications.inbox import PushSubscription
from common.domain.notifications.inbox import UNMARKED, Channel, InboxEntry, Preferences, ReadMarks
from common.domain.shared.notification_kinds import Kind

HOLDINGS: Holdings = {
    "inbox_marks": (account("_id", Fate.DELETED, "inbox_marks"),),
    "notification_preferences": (account("_id", Fate.DELETED, "notification_preferences"),),
    "notifications": (account("user_id", Fate.DELETED, "notifications"),),
    "push_subscriptions": (account("user_id", Fate.DELETED, "push_subscriptions", is_at_once=True),),
}

#: Marks that are remembered; of entries below the oldest of them, the instant of that one is shown.
_MOST_MARKS = 20
#: More browsers than anybody uses.
_MOST_SUBSCRIPTIONS = 10
#: Each that is stored drops those beyond the most, so there are more only while several are being stored.
_READ_SUBSCRIPTIONS = 100
_NEVER = datetime.fromtimestamp(0, UTC)


class MongoNotifications:
    """``Notifications`` over the collections ``notifications`` and ``inbox_marks``, a document of each account."""

    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._notifications = database["notifications"]
        self._marks = database["inbox_marks"]

    async def insert(self, notification: InboxEntry) -> None:
        """Store an entry; storing it again changes nothing."""
        row = to_native_document(notification)
        await self._notifications.update_one({"_id": row.pop("_id")}, {"$setOnInsert": row}, upsert=True)

    async def get_marks(self, user_id: str) -> ReadMarks:
        """Up to where somebody has read everything."""
        found = await self._marks.find_one({"_id": user_id})
        return UNMARKED if found is None else ReadMarks.model_validate(found)

    async def list_by_user(
        self, user_id: str, *, unread_only: bool, limit: int, before: str | None, marks: ReadMarks = UNMARKED
    ) -> Sequence[InboxEntry]:
        """Somebody's entries, newest first (see the port)."""
        query: Document = _unread(user_id, marks) if unread_only else {"user_id": user_id}
        if before is not None:
            query["_id"] = {**query.get("_id", {}), "$lt": before}
        cursor = self._notifications.find(query).sort("_id", -1).limit(limit)
        return [marks.apply(from_document(InboxEntry, row)) async for row in cursor]

    async def count_unread(self, user_id: str, *, most: int, marks: ReadMarks = UNMARKED) -> int:
        """How many entries somebody has not read, counted at most to ``most``."""
        return await self._notifications.count_documents(_unread(user_id, marks), limit=most)

    async def mark_read(
        self, user_id: str, notification_id: str, now: datetime, *, marks: ReadMarks = UNMARKED
    ) -> InboxEntry | None:
        """Mark one entry as read; ``None`` if it is not theirs. The first reading counts."""
        read_at = marks.read_at(notification_id) or now
        found = await self._notifications.find_one_and_update(
            {"_id": notification_id, "user_id": user_id},
            [{"$set": {"read_at": {"$ifNull": ["$read_at", read_at]}}}],
            return_document=ReturnDocument.AFTER,
        )
        return None if found is None else from_document(InboxEntry, found)

    async def mark_all_read(self, user_id: str, now: datetime, *, most: int, marks: ReadMarks = UNMARKED) -> int:
        """Mark every entry as read (see the port).

        The mark reaches the newest of those that are too many, not the present instant: what comes in meanwhile stays
        unread, as an entry's id is as old as its event.
        """
        newest = self._notifications.find(_unread(user_id, marks), {"_id": 1}).sort("_id", -1).limit(most + 1)
        ids = [row["_id"] async for row in newest]
        if len(ids) > most:
            mark = {"until": ids.pop(), "at": now}
            ordered = {"$each": [mark], "$sort": {"until": 1}, "$slice": -_MOST_MARKS}
            await self._marks.update_one({"_id": user_id}, {"$push": {"marks": ordered}}, upsert=True)
        if ids:
            unread = {"_id": {"$in": ids}, "read_at": None}
            await self._notifications.update_many(unread, {"$set": {"read_at": now}})
        return len(ids)

    async def delete(self, user_id: str, notification_id: str) -> bool:
        """Remove one entry; ``False`` if it is not theirs."""
        removed = await self._notifications.delete_one({"_id": notification_id, "user_id": user_id})
        return removed.deleted_count == 1


def _unread(user_id: str, marks: ReadMarks) -> Document:
    """What selects somebody's unread entries, by one range of the index ``unread_newest``."""
    return {"user_id": user_id, "read_at": None, "_id": {"$gt": marks.until}}


class MongoPreferences:
    """``PreferenceStore`` over the collection ``notification_preferences``."""

    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._preferences = database["notification_preferences"]

    async def get(self, user_id: str) -> Preferences:
        """Somebody's preferences; the defaults where they have set none."""
        found = await self._preferences.find_one({"_id": user_id})
        return Preferences(user_id=user_id) if found is None else Preferences.model_validate(found)

    async def get_many(self, user_ids: Sequence[str]) -> Mapping[str, Preferences]:
        """Preferences of those of these people who have set any, by account."""
        rows = self._preferences.find({"_id": {"$in": list(user_ids)}})
        return {row["_id"]: Preferences.model_validate(row) async for row in rows}

    async def save(self, preferences: Preferences) -> None:
        """Replace somebody's preferences."""
        row = {"_id": preferences.user_id, **preferences.model_dump(mode="json")}
        await self._preferences.replace_one({"_id": preferences.user_id}, row, upsert=True)

    async def mute(self, user_id: str, kind: Kind, channel: Channel) -> None:
        """Switch one channel of one kind off (see the port)."""
        changes = {
            "$addToSet": {f"muted.{kind}": channel.value},
            "$setOnInsert": {"user_id": user_id, "quiet_hours": None},
        }
        await self._preferences.update_one({"_id": user_id}, changes, upsert=True)


class MongoPushSubscriptions:
    """``PushSubscriptions`` over the collection ``push_subscriptions``; an endpoint belongs to one account."""

    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._subscriptions = database["push_subscriptions"]

    async def save(self, subscription: PushSubscription) -> PushSubscription:
        """Store a subscription, or renew the one of the same endpoint; returns it as stored.

        Beyond the most that an account may have, those renewed longest ago go; the last one sees all there are.
        """
        row = to_native_document(subscription)
        renewed = {name: row[name] for name in ("user_id", "session_id", "p256dh", "auth", "renewed_at")}
        stored = await self._subscriptions.find_one_and_update(
            {"endpoint": subscription.endpoint},
            {
                "$set": renewed,
                "$setOnInsert": {"_id": row["_id"], "created_at": row["created_at"]},
            },
            upsert=True,
            return_document=ReturnDocument.AFTER,
        )
        await self._drop_oldest(subscription.user_id)
        return from_document(PushSubscription, stored or row)

    async def _drop_oldest(self, user_id: str) -> None:
        cursor = self._subscriptions.find({"user_id": user_id}, {"renewed_at": 1}).limit(_READ_SUBSCRIPTIONS)
        newest_first = sorted([(row.get("renewed_at") or _NEVER, row["_id"]) async for row in cursor], reverse=True)
        if beyond := [row_id for _, row_id in newest_first[_MOST_SUBSCRIPTIONS:]]:
            await self._subscriptions.delete_many({"_id": {"$in": beyond}})

    async def delete(self, user_id: str, endpoint: str) -> bool:
        """Remove a subscription by its endpoint; ``False`` if it is not theirs."""
        removed = await self._subscriptions.delete_one({"endpoint": endpoint, "user_id": user_id})
        return removed.deleted_count == 1

    async def list_by_user(self, user_id: str) -> Sequence[PushSubscription]:
        """Somebody's subscriptions."""
        cursor = self._subscriptions.find({"user_id": user_id}).limit(_MOST_SUBSCRIPTIONS)
        return [from_document(PushSubscription, row) async for row in cursor]
