"""Blocks and manual bookings in MongoDB, each stored in one transaction with what it claims."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from common.adapters.mongo.scheduling.slot_claims import ClaimChange, MongoSlotClaims
from common.adapters.mongo.shared.database import Collection, Document, Mongo, Session
from common.adapters.mongo.shared.documents import from_document, to_native_document
from common.adapters.mongo.shared.holdings import Fate, Holdings, Walk, provider
from common.domain.scheduling.own_time import LONGEST_BLOCK, LONGEST_MANUAL_BOOKING, Block, ManualBooking, OwnTime
from common.domain.shared.errors import Conflict, NotFound, VersionConflict

HOLDINGS: Holdings = {
    "blocks": (provider("provider_id", Fate.DELETED, "blocks", walk=Walk("start_at")),),
    "manual_bookings": (provider("provider_id", Fate.DELETED, "manual_bookings", walk=Walk("start_at")),),
}

T = TypeVar("T", bound=OwnTime)


class MongoOwnTimes(Generic[T]):
    """Implements ``OwnTimes``.

    Args:
        mongo: the connection.
        collection: where they are kept.
        kind: the model of one.
        longest: how long one may be.
    """

    def __init__(self, mongo: Mongo, collection: Collection, kind: type[T], longest: timedelta) -> None:
        self._items = collection
        self._users = mongo.collection("users")
        self._slots = MongoSlotClaims(mongo)
        self._kind = kind
        self._longest = longest

    async def insert(self, item: T, *, user_id: str, most: int) -> None:
        """Take the time and store the item; the account's document makes simultaneous ones wait for each other."""

        async def check(session: Session) -> None:
            present = {"_id": user_id, "deleted_at": None}
            touched = await self._users.update_one(present, {"$inc": {"touches": 1}}, session=session)
            if touched.matched_count == 0:
                raise NotFound("There is no such account.")
            ahead = {"provider_id": item.provider_id, "end_at": {"$gt": item.created_at}}
            if await self._items.count_documents(ahead, limit=most, session=session) >= most:
                raise Conflict(f"There can be at most {most} that are not over.", code="too_many")

        async def store(session: Session) -> None:
            await self._items.insert_one(to_native_document(item), session=session)

        await self._slots.commit(ClaimChange(item.created_at, item.claims()), before=check, after=store)

    async def save(self, item: T, *, expected_version: int) -> None:
        """Store the item and move its claims, on condition that it has the version that was decided on."""

        async def check(session: Session) -> None:
            known = {"_id": item.id, "version": expected_version}
            done = await self._items.replace_one(known, to_native_document(item), session=session)
            if done.matched_count == 0:
                raise VersionConflict("It has changed meanwhile.")

        await self._slots.commit(ClaimChange(item.updated_at, item.claims()), before=check, after=_nothing)

    async def get(self, item_id: str) -> T | None:
        """One by id."""
        row = await self._items.find_one({"_id": item_id})
        return None if row is None else from_document(self._kind, row)

    async def list_by_provider(
        self,
        provider_id: str,
        *,
        ends_after: datetime,
        starts_before: datetime | None,
        limit: int,
        after: tuple[datetime, str] | None = None,
    ) -> Sequence[T]:
        """A provider's that overlap an interval, the earliest start first."""
        query = overlapping(provider_id, self._longest, ends_after, starts_before, after)
        rows = self._items.find(query).sort([("start_at", 1), ("_id", 1)]).limit(limit)
        return [from_document(self._kind, row) async for row in rows]

    async def delete(self, item: T) -> bool:
        """Free the time and remove the item."""
        removed = 0

        async def remove(session: Session) -> None:
            nonlocal removed
            removed = (await self._items.delete_one({"_id": item.id}, session=session)).deleted_count

        released = [claim.id for claim in item.claims()]
        await self._slots.commit(ClaimChange(item.updated_at, released_ids=released), after=remove)
        return removed > 0


class MongoBlocks(MongoOwnTimes[Block]):
    """Blocks.

    Args:
        mongo: the connection.
    """

    def __init__(self, mongo: Mongo) -> None:
        super().__init__(mongo, mongo.collection("blocks"), Block, LONGEST_BLOCK)


class MongoManualBookings(MongoOwnTimes[ManualBooking]):
    """Bookings that were taken on the telephone.

    Args:
        mongo: the connection.
    """

    def __init__(self, mongo: Mongo) -> None:
        super().__init__(mongo, mongo.collection("manual_bookings"), ManualBooking, LONGEST_MANUAL_BOOKING)


def overlapping(
    provider_id: str,
    longest: timedelta,
    ends_after: datetime,
    starts_before: datetime | None,
    after: tuple[datetime, str] | None,
) -> Document:
    """The filter of a list, within the index of starts."""
    starts: Document = {"$gt": ends_after - longest}
    if starts_before is not None:
        starts["$lt"] = starts_before
    query: Document = {"provider_id": provider_id, "start_at": starts, "end_at": {"$gt": ends_after}}
    if after is not None:
        start, last_id = after
        starts["$gte"] = start
        query["$or"] = [{"start_at": {"$gt": start}}, {"start_at": start, "_id": {"$gt": last_id}}]
    return query


async def _nothing(_: Session) -> None:
    """All is written."""
