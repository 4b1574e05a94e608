"""Counting bookings against a provider's limits and a network address's, so that no race exceeds them."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from pymongo.asynchronous.collection import ReturnDocument

from common.adapters.mongo.shared.database import Document, Mongo, Session
from common.adapters.mongo.shared.holdings import Fate, Holdings, provider
from common.domain.bookings.booking import BookingStatus
from common.domain.scheduling.slot_cells import MOST_RESOURCES, SlotClaim
from common.domain.scheduling.slot_limits import HoldLimit, SlotLimit

HOLDINGS: Holdings = {
    "limit_locks": (provider("_id", Fate.EXPIRES, why="a counter of bookings per day"),),
}

#: A claim begins before its work by the buffer, which is at most a day.
_LONGEST_BUFFER = timedelta(days=1)
#: How long the lock of an address stays after its last hold, or until the last of them ends where that is later:
#: without it, holds that it lists would count for nothing.
_HOLDS_LAST = timedelta(days=1)


class MongoSlotLimits:
    """Counts claims in the collection ``slot_claims`` and serialises who may take a last place.

    Args:
        mongo: the connection.
    """

    def __init__(self, mongo: Mongo) -> None:
        self._claims = mongo.collection("slot_claims")
        self._bookings = mongo.collection("bookings")
        self._locks = mongo.collection("limit_locks")

    async def lock(self, provider_id: str, session: Session) -> None:
        """Write to the provider's own document: of two transactions that do, one collides and begins anew.

        Without it both would count before either has written, and both take the last place (write skew).
        """
        await self._locks.update_one({"_id": provider_id}, {"$inc": {"taken": 1}}, upsert=True, session=session)

    async def add_hold(
        self, limit: HoldLimit, claim_id: str, own_ids: Sequence[str], now: datetime, session: Session
    ) -> datetime | None:
        """Take a place among the holds of an address at a provider; if there is none, when the first of them ends.

        One write to a document of the address's own, which makes others wait as ``lock`` does, and lists its holds. It
        may list what has been paid meanwhile, and miss what the release before has made, which counts ``taken`` alone:
        where it seems full, or the two counters differ, holds are read and the list is made anew.

        Args:
            limit: whose, how many, and until when this one is held.
            claim_id: what is held, one claim of it.
            own_ids: claims that make way.
            now: holds that have expired by then do not count.
            session: of the transaction that adds it.
        """
        key = {"_id": f"{limit.provider_id}:{limit.held_by}"}
        row = await self._locks.find_one_and_update(
            key,
            _add_hold(limit, claim_id, own_ids, now),
            {"has_room": 1},
            upsert=True,
            return_document=ReturnDocument.AFTER,
            session=session,
        )
        if row is not None and row["has_room"]:
            return None
        held = await self._holds(limit, own_ids, now, session)
        if len(held) >= limit.most:
            return min(held.values())
        held[claim_id] = limit.ends_at
        listed = [{"claim_id": each, "ends_at": ends_at} for each, ends_at in held.items()]
        await self._locks.update_one(key, [{"$set": {"holds": listed, "listed": "$taken"}}], session=session)
        return None

    async def _holds(
        self, limit: HoldLimit, own_ids: Sequence[str], now: datetime, session: Session
    ) -> dict[str, datetime]:
        """When each hold of an address at a provider ends, as many as it may keep or more."""
        mine: Document = {"provider_id": limit.provider_id, "held_by": limit.held_by}
        claims = self._claims.find(
            {**mine, "expires_at": {"$gt": now}, "_id": {"$nin": list(own_ids)}},
            {"booking_id": 1, "expires_at": 1},
            session=session,
        )
        unpaid = self._bookings.find(
            {
                **mine,
                "status": BookingStatus.PENDING_PAYMENT,
                "hold_expires_at": {"$gt": now},
                "claim_id": {"$nin": list(own_ids)},
            },
            {"claim_id": 1, "hold_expires_at": 1},
            hint="provider_held_by",
            session=session,
        )
        ends: dict[str, datetime] = {}
        first: dict[str, str] = {}
        async for row in claims.limit(limit.most * MOST_RESOURCES):
            # Of claims of several resources the name of the first is that of all, and the shortest.
            known = first.get(row["booking_id"])
            first[row["booking_id"]] = min(known, row["_id"], key=len) if known else row["_id"]
            ends[row["booking_id"]] = row["expires_at"]
        held = {first[booking_id]: ends_at for booking_id, ends_at in ends.items()}
        return held | {row["claim_id"]: row["hold_expires_at"] async for row in unpaid.limit(limit.most)}

    async def reached(
        self,
        limits: Sequence[SlotLimit],
        claim: SlotClaim,
        own_ids: Sequence[str],
        now: datetime,
        session: Session | None = None,
    ) -> str | None:
        """The first limit that other bookings have used up, by its reason.

        Args:
            limits: to count.
            claim: what is to be taken; other claims of its booking do not count.
            own_ids: claims that make way.
            now: holds that have expired by then do not count.
            session: of the transaction that takes the claim; without it, what has committed is counted.
        """
        for limit in limits:
            wanted: Document = {
                "provider_id": claim.provider_id,
                "start_at": {"$gte": limit.starts_at - _LONGEST_BUFFER, "$lt": limit.ends_at},
                "work_start_at": {"$gte": limit.starts_at, "$lt": limit.ends_at},
                "_id": {"$nin": list(own_ids)},
                "booking_id": {"$ne": claim.booking_id},
            }
            rows = self._claims.find(wanted, {"booking_id": 1, "expires_at": 1}, hint="provider_start", session=session)
            bookings = {row["booking_id"] async for row in rows if _stands(row, now)}
            if len(bookings) >= limit.most:
                return limit.reason
        return None


def _stands(claim: Document, now: datetime) -> bool:
    expires_at = claim.get("expires_at")
    return expires_at is None or expires_at > now


def _add_hold(limit: HoldLimit, claim_id: str, own_ids: Sequence[str], now: datetime) -> list[Document]:
    """The update pipeline: forget what has ended or makes way, then add a hold if the list is whole and has room."""
    stays = {"$and": [{"$gt": ["$$this.ends_at", now]}, {"$not": [{"$in": ["$$this.claim_id", list(own_ids)]}]}]}
    is_whole = {"$eq": [{"$ifNull": ["$taken", 0]}, {"$ifNull": ["$listed", 0]}]}
    taken = {"$add": [{"$ifNull": ["$taken", 0]}, 1]}
    added = {"$concatArrays": ["$holds", [{"claim_id": claim_id, "ends_at": limit.ends_at}]]}
    return [
        {"$set": {"holds": {"$filter": {"input": {"$ifNull": ["$holds", []]}, "cond": stays}}}},
        {"$set": {"has_room": {"$and": [is_whole, {"$lt": [{"$size": "$holds"}, limit.most]}]}}},
        {
            "$set": {
                "holds": {"$cond": ["$has_room", added, "$holds"]},
                "listed": {"$cond": ["$has_room", taken, "$listed"]},
                "taken": taken,
                "expires_at": {"$max": ["$expires_at", now + _HOLDS_LAST, limit.ends_at]},
            }
        },
    ]
