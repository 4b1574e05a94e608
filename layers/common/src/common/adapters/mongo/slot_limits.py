"""Counting a provider's bookings against its limits per day and week, so that no race exceeds them."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from common.adapters.mongo.database import Document, Mongo, Session
from common.domain.slot_cells import SlotClaim
from common.domain.slot_limits import SlotLimit

#: A claim begins before its work by the buffer, which is at most a day.
_LONGEST_BUFFER = timedelta(days=1)


class MongoSlotLimits:
    """Counts claims in the collection ``slot_claims`` and serialises who may take a last place.

    Args:
        mongo: the connection.
    """

    def __init__(self, mongo: Mongo) -> None:
        self._claims = mongo.collection("slot_claims")
        self._locks = mongo.collection("limit_locks")

    async def lock(self, provider_id: str, session: Session) -> None:
        """Write to the provider's own document: of two transactions that do, one collides and begins anew.

        Without it both would count before either has written, and both take the last place (write skew).
        """
        await self._locks.update_one({"_id": provider_id}, {"$inc": {"taken": 1}}, upsert=True, session=session)

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
