"""Bookings that wait to be compared with Stripe, in MongoDB."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from pymongo import UpdateOne
from pymongo.asynchronous.database import AsyncDatabase

from common.adapters.mongo.shared.database import Document
from common.adapters.mongo.shared.holdings import Holdings, nobody
from common.adapters.mongo.shared.taking import take
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
        """Take what is due, the longest due first; what is not done comes back later, and later still each time."""
        doubled = {"$pow": [2, {"$min": ["$tries", _MOST_DOUBLINGS]}]}
        wait = {"$multiply": [_FIRST_WAIT // timedelta(milliseconds=1), doubled]}
        later = {"next_at": {"$add": [now, wait]}, "tries": {"$add": ["$tries", 1]}}
        due, order = {"next_at": {"$lte": now}}, [("next_at", 1), ("_id", 1)]
        taken = await take(self._rows, due, later, mark="taken_by", limit=limit, order=order)
        return [DueReconciliation(row["_id"], row["revision"]) for row in taken.rows]

    async def list_waiting(self, taken: Sequence[DueReconciliation]) -> Sequence[DueReconciliation]:
        """Those of what was taken that have not been compared meanwhile, each with its present revision."""
        ids = [each.booking_id for each in taken]
        revisions = {row["_id"]: row["revision"] async for row in self._rows.find({"_id": {"$in": ids}})}
        return [DueReconciliation(each, revisions[each]) for each in ids if each in revisions]

    async def release(self, taken: Sequence[DueReconciliation], now: datetime) -> None:
        """Give back what was not begun: it is due at once, and the try does not count."""
        ids = [each.booking_id for each in taken]
        again: Document = {"$set": {"next_at": now}, "$inc": {"tries": -1}}
        await self._rows.update_many({"_id": {"$in": ids}, "tries": {"$gt": 0}}, again)

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
