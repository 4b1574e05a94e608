"""What reconciliation of payments has found, in MongoDB."""

from collections.abc import Sequence
from datetime import datetime

from pymongo import UpdateOne
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import DuplicateKeyError

from common.adapters.mongo.shared.database import Document
from common.adapters.mongo.shared.documents import from_document, to_document
from common.adapters.mongo.shared.holdings import Holdings, nobody
from common.adapters.mongo.shared.taking import take
from common.application.ports.payments.reconciliation import Progress, Touched
from common.domain.bookings.discrepancies import UNCLAIMED, Discrepancy

HOLDINGS: Holdings = {
    "payment_discrepancies": nobody("amounts of bookings that differ from Stripe's"),
    "verification_runs": nobody("how far a check has come"),
}


class MongoPaymentReviews:
    """``PaymentReviews`` over ``payment_operations``, ``payment_discrepancies`` and ``verification_runs``."""

    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._operations = database["payment_operations"]
        self._discrepancies = database["payment_discrepancies"]
        self._runs = database["verification_runs"]

    async def list_touched(
        self, since: datetime, before: datetime, *, limit: int, after: tuple[datetime, str] | None
    ) -> Sequence[Touched]:
        """Operations that changed in a period, oldest first; ``after`` is (instant, id) of the last one seen."""
        period: Document = {"updated_at": {"$gte": after[0] if after else since, "$lt": before}}
        if after is not None:
            period["$or"] = [{"updated_at": {"$gt": after[0]}}, {"updated_at": after[0], "_id": {"$gt": after[1]}}]
        found = self._operations.find(period, {"booking_id": 1, "updated_at": 1})
        cursor = found.sort([("updated_at", 1), ("_id", 1)]).limit(limit)
        return [Touched(row["booking_id"], row["updated_at"], row["_id"]) async for row in cursor]

    async def get_progress(self, phase: str) -> Progress | None:
        """How far a phase has come."""
        found = await self._runs.find_one({"_id": phase})
        return None if found is None else from_document(Progress, found)

    async def save_progress(self, progress: Progress) -> bool:
        """Store it as the next revision; ``False`` if the one before is not what is stored: another run is at it."""
        before = {"_id": progress.id, "revision": progress.revision - 1}
        is_first = progress.revision == 1
        try:
            stored = await self._runs.replace_one(before, to_document(progress), upsert=is_first)
        except DuplicateKeyError:
            return False
        return stored.matched_count == 1 or stored.upserted_id is not None

    async def report(self, discrepancies: Sequence[Discrepancy]) -> Sequence[Discrepancy]:
        """Record differences; one that is known keeps its first instant. Returns those that were not open before."""
        if not discrepancies:
            return []
        known = {"_id": {"$in": [each.id for each in discrepancies]}, "resolved_at": None}
        opened = {row["_id"] async for row in self._discrepancies.find(known, {"_id": 1})}
        writes = []
        for each in discrepancies:
            row = to_document(each)
            first = {"_id": row.pop("_id"), "first_seen_at": row.pop("first_seen_at")}
            if each.id not in opened:
                row["is_told"] = False
            writes.append(UpdateOne({"_id": first["_id"]}, {"$set": row, "$setOnInsert": first}, upsert=True))
        await self._discrepancies.bulk_write(writes)
        return [each for each in discrepancies if each.id not in opened]

    async def resolve_others(self, booking_id: str, kept: Sequence[str], now: datetime) -> None:
        """Mark a booking's differences that were not seen again as resolved; ``kept`` are ids that remain.

        Intents that nobody claims are no part of a booking's comparison and stay.
        """
        gone = {"booking_id": booking_id, "resolved_at": None, "_id": {"$nin": list(kept)}}
        await self._discrepancies.update_many(
            {**gone, "kind": {"$nin": sorted(UNCLAIMED)}}, {"$set": {"resolved_at": now}}
        )

    async def resolve(self, ids: Sequence[str], now: datetime) -> None:
        """Mark differences as resolved."""
        await self._discrepancies.update_many({"_id": {"$in": list(ids)}}, {"$set": {"resolved_at": now}})

    async def claim_unreported(self, *, limit: int) -> Sequence[Discrepancy]:
        """Unreported differences; each is given to one caller."""
        told = {"is_told": True}
        taken = await take(self._discrepancies, {"is_told": False}, told, mark="told_in", limit=limit)
        still_open = [row for row in taken.rows if row["resolved_at"] is None]
        return [from_document(Discrepancy, row) for row in sorted(still_open, key=lambda row: str(row["_id"]))]

    async def list_open(self, *, limit: int, before: tuple[datetime, str] | None) -> Sequence[Discrepancy]:
        """Differences that are not resolved, newest first; ``before`` is (first seen, id) of the last one seen."""
        query: Document = {"resolved_at": None}
        if before is not None:
            at, last = before
            query["first_seen_at"] = {"$lte": at}
            query["$or"] = [{"first_seen_at": {"$lt": at}}, {"first_seen_at": at, "_id": {"$lt": last}}]
        cursor = self._discrepancies.find(query).sort([("first_seen_at", -1), ("_id", -1)]).limit(limit)
        return [from_document(Discrepancy, row) async for row in cursor]
