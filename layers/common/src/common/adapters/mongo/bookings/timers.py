"""Whether any booking's timer is due, asked before a sweep begins: most of the time none is."""

from datetime import datetime

from common.adapters.mongo.shared.database import Document, Mongo


def due_filter(now: datetime) -> Document:
    """What is due; the partial index serves only queries that repeat its condition on the type.

    Who takes a booking moves ``next_due_at`` to the end of the lease, so that nothing taken is read again before.
    """
    return {"next_due_at": {"$type": "date", "$lte": now}}


class MongoBookingTimers:
    """The timers of ``BookingRepository``, over the collection ``bookings``.

    Args:
        mongo: the database.
    """

    def __init__(self, mongo: Mongo) -> None:
        self._mongo = mongo

    async def any_due(self, now: datetime) -> bool:
        """Whether there is a booking for a sweep to take."""
        return await self._mongo.collection("bookings").find_one(due_filter(now), {"_id": 1}) is not None
