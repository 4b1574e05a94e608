"""Statistics of a provider's bookings, over the index ``provider_status_start``."""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime

from common.adapters.mongo.shared.database import Mongo
from common.adapters.mongo.shared.documents import from_document
from common.domain.bookings.booking import Booking, BookingStatus

_WITH_MONEY = (
    BookingStatus.ACCEPTED,
    BookingStatus.IN_PROGRESS,
    BookingStatus.COMPLETED,
    BookingStatus.NO_SHOW,
    BookingStatus.DISPUTED,
    BookingStatus.CANCELLED,
    BookingStatus.SETTLED,
)


class MongoBookingStatistics:
    """Implements ``BookingStatistics``.

    Args:
        mongo: the connection.
    """

    def __init__(self, mongo: Mongo) -> None:
        self._bookings = mongo.collection("bookings")

    async def stream_by_provider(self, provider_id: str, start: datetime, end: datetime) -> AsyncIterator[Booking]:
        """Each booking with start in the half-open interval that brings or brought money, one after the other."""
        wanted = {
            "provider_id": provider_id,
            "status": {"$in": [status.value for status in _WITH_MONEY]},
            "slot.start_at": {"$gte": start, "$lt": end},
        }
        async for row in self._bookings.find(wanted):
            yield from_document(Booking, row)

    async def count_by_status(
        self, provider_id: str, start: datetime, end: datetime
    ) -> Mapping[tuple[str, str | None], int]:
        """Number of bookings with start in the interval, by status and by who cancelled."""
        wanted = {
            "provider_id": provider_id,
            "status": {"$in": [status.value for status in BookingStatus]},
            "slot.start_at": {"$gte": start, "$lt": end},
        }
        group = {"_id": {"status": "$status", "by": "$cancelled_by"}, "count": {"$sum": 1}}
        rows = await self._bookings.aggregate([{"$match": wanted}, {"$group": group}])
        return {(row["_id"]["status"], row["_id"].get("by")): row["count"] async for row in rows}
