"""Counting bookings against a provider's limits and a network address's, so that no race exceeds them."""

from collections.abc import Sequence
from datetime import datetime, timedelta

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
#: How long the lock of an address stays after its last hold; nothing is held longer.
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

    async def lock_holds(self, limit: HoldLimit, now: datetime, session: Session) -> None:
        """Write to the document of one address at one provider, as ``lock`` does; it goes when nothing is held."""
        keep = {"expires_at": now + _HOLDS_LAST}
        await self._locks.update_one(
            {"_id": f"{limit.provider_id}:{limit.held_by}"},
            {"$inc": {"taken": 1}, "$set": keep},
            upsert=True,
            session=session,
        )

    async def holds_end(
        self, limit: HoldLimit, own_ids: Sequence[str], now: datetime, session: Session | None = None
    ) -> datetime | None:
        """When the first hold of an address ends that keeps as many as it may; ``None`` if it keeps fewer.

        Args:
            limit: whose, and how many.
            own_ids: claims that make way.
            now: holds that have expired by then do not count.
            session: of the transaction that adds one.
        """
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
            {"hold_expires_at": 1},
            hint="provider_held_by",
            session=session,
        )
        held = {row["booking_id"]: row["expires_at"] async for row in claims.limit(limit.most * MOST_RESOURCES)}
        ends = list(held.values())
        ends += [row["hold_expires_at"] async for row in unpaid.limit(limit.most)]
        return min(ends) if len(ends) >= limit.most else None

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
