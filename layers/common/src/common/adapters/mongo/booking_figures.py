"""Figures of a provider's bookings, over the index ``provider_status_start``."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from common.adapters.mongo.booking_documents import from_document
from common.adapters.mongo.database import Mongo
from common.domain.bookings import Booking, BookingStatus

#: One provider cannot do more jobs in the longest period that is answered.
_MAX_BOOKINGS = 10_000
_WITH_MONEY = (
    BookingStatus.ACCEPTED,
    BookingStatus.IN_PROGRESS,
    BookingStatus.COMPLETED,
    BookingStatus.NO_SHOW,
    BookingStatus.DISPUTED,
    BookingStatus.CANCELLED,
    BookingStatus.SETTLED,
)


class MongoBookingFigures:
    """Implements ``BookingFigures``.

    Args:
        mongo: the connection.
    """

    def __init__(self, mongo: Mongo) -> None:
        self._bookings = mongo.collection("bookings")

    async def with_money(self, provider_id: str, start: datetime, end: datetime) -> Sequence[Booking]:
        """Bookings with start in the half-open interval that bring or brought money."""
        wanted = {
            "provider_id": provider_id,
            "status": {"$in": [status.value for status in _WITH_MONEY]},
            "slot.start_at": {"$gte": start, "$lt": end},
        }
        rows = self._bookings.find(wanted).limit(_MAX_BOOKINGS)
        return [Booking.model_validate(from_document(row)) async for row in rows]

    async def counts(self, provider_id: str, start: datetime, end: datetime) -> Mapping[tuple[str, str | None], int]:
        """Number of bookings with start in the interval, by status and by who cancelled."""
        wanted = {
            "provider_id": provider_id,
            "status": {"$in": [status.value for status in BookingStatus]},
            "slot.start_at": {"$gte": start, "$lt": end},
        }
        group = {"_id": {"status": "$status", "by": "$cancelled_by"}, "count": {"$sum": 1}}
        rows = await self._bookings.aggregate([{"$match": wanted}, {"$group": group}])
        return {(row["_id"]["status"], row["_id"].get("by")): row["count"] async for row in rows}
