"""Since when any booking's timer is due, asked before a sweep begins: most of the time none is."""

from datetime import datetime

from common.adapters.mongo.shared.database import Mongo
from common.adapters.mongo.shared.taking import due_filter


class MongoBookingTimers:
    """The timers of ``BookingRepository``, over the collection ``bookings``.

    Args:
        mongo: the database.
    """

    def __init__(self, mongo: Mongo) -> None:
        self._mongo = mongo

    async def due_since(self, now: datetime) -> datetime | None:
        """Since when the longest-waiting booking is due that a sweep can take; None where none is."""
        shown, order = {"_id": 0, "next_due_at": 1}, [("next_due_at", 1)]
        row = await self._mongo.collection("bookings").find_one(due_filter(now), shown, sort=order)
        return row["next_due_at"] if row else None
