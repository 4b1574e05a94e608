"""Bookings that wait to be compared with Stripe, in MongoDB."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from pymongo import UpdateOne
from pymongo.asynchronous.database import AsyncDatabase

from common.adapters.mongo.shared.database import Document
from common.adapters.mongo.shared.holdings import Holdings, nobody
from common.application.ports.payments.reconciliation import DueReconciliation

HOLDINGS: Holdings = {
    "payment_verifications": nobody("bookings that wait for a check of their money"),
}

#: How long a taken one is left to the worker that took it; doubled with each time that it came to nothing.
_FIRST_WAIT = timedelta(minutes=30)
_MOST_DOUBLINGS = 5


class MongoDueReconciliations:
    """``DueReconciliations`` over ``payment_verifications``, one row for each waiting booking.

    Rows hold nothing but a booking's id and instants, and go when it has been compared.
    """

    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._rows = database["payment_verifications"]

    async def request(self, booking_ids: Sequence[str], now: datetime) -> None:
        """Ask for bookings to be compared; one that waits already keeps its place."""
        first = {"asked_at": now, "next_at": now, "tries": 0}
        change = {"$setOnInsert": first, "$inc": {"revision": 1}}
        if booking_ids:
            await self._rows.bulk_write([UpdateOne({"_id": each}, change, upsert=True) for each in booking_ids])

    async def claim(self, now: datetime, *, limit: int) -> Sequence[DueReconciliation]:
        """Take what is due, the longest due first; what is not done comes back later, and later still each time.

        Two callers at once may be given the same; comparing twice is harmless.
        """
        found = self._rows.find({"next_at": {"$lte": now}}).sort([("next_at", 1), ("_id", 1)]).limit(limit)
        rows = [row async for row in found]
        writes = [
            UpdateOne(
                {"_id": row["_id"], "next_at": row["next_at"]},
                {"$set": {"next_at": now + _wait(row["tries"])}, "$inc": {"tries": 1}},
            )
            for row in rows
        ]
        if writes:
            await self._rows.bulk_write(writes)
        return [DueReconciliation(row["_id"], row["revision"]) for row in rows]

    async def complete(self, due: DueReconciliation, now: datetime) -> None:
        """The booking was compared; one that has been asked for again since then is due again at once."""
        gone = await self._rows.delete_one({"_id": due.booking_id, "revision": due.revision})
        if gone.deleted_count == 0:
            again = {"asked_at": now, "next_at": now, "tries": 0}
            await self._rows.update_one({"_id": due.booking_id, "revision": {"$gt": due.revision}}, {"$set": again})

    async def find_oldest(self) -> datetime | None:
        """Since when the longest waiting one has waited; ``None`` where none does."""
        found = await self._rows.find_one({}, {"asked_at": 1}, sort=[("asked_at", 1)])
        return None if found is None else found["asked_at"]


def _wait(tries: int) -> timedelta:
    return _FIRST_WAIT * int(2 ** min(tries, _MOST_DOUBLINGS))
