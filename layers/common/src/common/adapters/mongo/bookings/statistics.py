"""Statistics of a provider's bookings: sums that the server makes of the index ``provider_figures`` alone."""

from bisect import bisect_right
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime

from common.adapters.mongo.shared.database import Document, Mongo
from common.adapters.mongo.shared.documents import from_document
from common.domain.bookings.booking import Booking
from common.domain.bookings.earnings import WITH_MONEY, Earned, earned_of

_INDEX = "provider_figures"
_SUMS = {name: {"$sum": f"$figures.{name}"} for name in Earned.model_fields}
#: How many bookings have no figures: null comes before every number (https://www.mongodb.com/docs/manual/reference/bson-type-comparison-order/).
_WITHOUT: Document = {"$sum": {"$cond": [{"$gt": ["$figures.bookings", None]}, 0, 1]}}


_WITH_MONEY = [status.value for status in WITH_MONEY]


class MongoBookingStatistics:
    """Implements ``BookingStatistics``.

    Args:
        mongo: the connection.
    """

    def __init__(self, mongo: Mongo) -> None:
        self._bookings = mongo.collection("bookings")

    async def sum_earned(self, provider_id: str, bounds: Sequence[datetime]) -> Mapping[tuple[int, str], Earned]:
        """What bookings bring or brought, by the part of the period in which they start and by currency.

        Bookings that a release before the figures has written are read one after the other.
        """
        wanted = _starting(provider_id, bounds[0], bounds[-1])
        key = {"part": _part(bounds), "currency": "$price.total.currency", "counts": {"$in": ["$status", _WITH_MONEY]}}
        group = {"_id": key, "without": _WITHOUT, **_SUMS}
        rows = await self._bookings.aggregate([{"$match": wanted}, {"$group": group}], hint=_INDEX)
        sums, without = dict[tuple[int, str], Earned](), 0
        async for row in rows:
            if row["_id"]["counts"]:
                sums[row["_id"]["part"], row["_id"]["currency"]] = Earned.model_validate(row)
                without += row["without"]
        if without:
            async for booking in self._without_figures(wanted):
                group_of = bisect_right(bounds, booking.slot.start_at) - 1, booking.price.total.currency
                sums[group_of] = sums.get(group_of, Earned()).plus(earned_of(booking))
        return sums

    async def _without_figures(self, wanted: Document) -> AsyncIterator[Booking]:
        async for row in self._bookings.find({**wanted, "status": {"$in": _WITH_MONEY}, "figures.bookings": None}).hint(
            _INDEX
        ):
            yield from_document(Booking, row)

    async def count_by_status(
        self, provider_id: str, start: datetime, end: datetime
    ) -> Mapping[tuple[str, str | None], int]:
        """Number of bookings with start in the interval, by status and by who cancelled."""
        group = {"_id": {"status": "$status", "by": "$cancelled_by"}, "count": {"$sum": 1}}
        pipeline = [{"$match": _starting(provider_id, start, end)}, {"$group": group}]
        rows = await self._bookings.aggregate(pipeline, hint=_INDEX)
        return {(row["_id"]["status"], row["_id"].get("by")): row["count"] async for row in rows}


def _starting(provider_id: str, start: datetime, end: datetime) -> Document:
    """The partial index serves only queries that repeat its condition on the type, so that no list chooses it."""
    return {"provider_id": provider_id, "slot.start_at": {"$type": "date", "$gte": start, "$lt": end}}


def _part(bounds: Sequence[datetime]) -> Document | int:
    """The expression for the part that a booking starts in; the bounds are exact instants, whatever the zone."""
    inner = bounds[1:-1]
    if not inner:
        return {"$literal": 0}
    branches = [{"case": {"$lt": ["$slot.start_at", end]}, "then": part} for part, end in enumerate(inner)]
    return {"$switch": {"branches": branches, "default": len(inner)}}
