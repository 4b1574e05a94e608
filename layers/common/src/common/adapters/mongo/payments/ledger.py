"""Ledger lines in MongoDB, for reading: ``BookingRepository.commit`` alone writes them, and nothing changes them."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from pymongo.asynchronous.database import AsyncDatabase

from common.adapters.mongo.shared.database import Document
from common.adapters.mongo.shared.documents import from_document
from common.adapters.mongo.shared.holdings import BOOKS, Holdings, nobody
from common.domain.payments.ledger import Account, LedgerLine

HOLDINGS: Holdings = {
    "ledger_entries": nobody(BOOKS),
}

#: A booking has a handful of entries; the bound only keeps a broken one from filling the memory.
_MOST_PER_BOOKING = 1_000


class MongoLedger:
    """``Ledger`` over the collection ``ledger_entries``."""

    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._lines = database["ledger_entries"]

    async def list_by_booking(self, booking_id: str) -> Sequence[LedgerLine]:
        """All lines of a booking in the order they were written."""
        cursor = self._lines.find({"booking_id": booking_id}).sort("_id", 1).limit(_MOST_PER_BOOKING)
        return [from_document(LedgerLine, row) async for row in cursor]

    async def sum_by_reason(
        self, provider_id: str, *, since: datetime, before: datetime
    ) -> Mapping[str, Mapping[str, int]]:
        """Sums of a provider's lines on the account of held money in a period, by currency and reason."""
        wanted = {"provider_id": provider_id, "at": {"$gte": since, "$lt": before}, "account": Account.HELD}
        group = {"_id": {"currency": "$amount.currency", "reason": "$reason"}, "sum": {"$sum": "$amount.amount"}}
        sums: dict[str, dict[str, int]] = {}
        async for row in await self._lines.aggregate([{"$match": wanted}, {"$group": group}], hint="provider_held"):
            sums.setdefault(row["_id"]["currency"], {})[row["_id"]["reason"]] = int(row["sum"])
        return sums

    async def list_by_provider(
        self, provider_id: str, *, since: datetime, before: datetime, limit: int, after: tuple[datetime, str] | None
    ) -> Sequence[LedgerLine]:
        """Lines of a provider's bookings in a period, oldest first; ``after`` is (instant, id) of the last one seen."""
        query: Document = {"provider_id": provider_id, "at": {"$gte": since, "$lt": before}}
        if after is not None:
            at, last_id = after
            query["at"]["$gte"] = max(since, at)
            query["$or"] = [{"at": {"$gt": at}}, {"at": at, "_id": {"$gt": last_id}}]
        cursor = self._lines.find(query, batch_size=limit).sort([("at", 1), ("_id", 1)]).limit(limit)
        return [from_document(LedgerLine, row) async for row in cursor]
