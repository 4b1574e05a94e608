"""Payment operations in MongoDB. ``BookingRepository.commit`` inserts them and writes their outcome."""

from collections.abc import Sequence
from datetime import datetime

from pymongo.asynchronous.collection import ReturnDocument
from pymongo.asynchronous.database import AsyncDatabase

from common.adapters.mongo.shared.database import Document
from common.adapters.mongo.shared.documents import from_document
from common.adapters.mongo.shared.holdings import BOOKS, Holdings, nobody
from common.application.ports.payments.gateway import AbandonedOperation
from common.domain.payments.operations import OperationStatus, PaymentOperation

HOLDINGS: Holdings = {
    "payment_operations": nobody(BOOKS),
}

_OPEN = [OperationStatus.PENDING, OperationStatus.UNCERTAIN]

#: A booking has a handful of operations; the bound only keeps a broken one from filling the memory.
_MOST_PER_BOOKING = 200


class MongoPaymentOperations:
    """``PaymentOperations`` over the collection ``payment_operations``.

    ``locked_until`` is the lease of the worker that has an operation; it is no field of the entity, so every commit
    of an outcome ends it.
    """

    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._operations = database["payment_operations"]

    async def get(self, operation_id: str) -> PaymentOperation | None:
        """One operation by id."""
        return _operation(await self._operations.find_one({"_id": operation_id}))

    async def list_by_booking(self, booking_id: str) -> Sequence[PaymentOperation]:
        """All operations of a booking, in order of their sequence."""
        cursor = self._operations.find({"booking_id": booking_id}).sort("sequence", 1).limit(_MOST_PER_BOOKING)
        return [from_document(PaymentOperation, row) async for row in cursor]

    async def claim(self, operation_id: str, now: datetime, until: datetime) -> PaymentOperation | None:
        """Take an open operation for execution until an instant and count the try."""
        free: Document = {
            "_id": operation_id,
            "status": {"$in": _OPEN},
            "locked_until": {"$not": {"$gt": now}},
            "next_try_at": {"$not": {"$gt": now}},
        }
        found = await self._operations.find_one_and_update(
            free,
            {"$set": {"locked_until": until, "updated_at": now}, "$inc": {"tries": 1}},
            return_document=ReturnDocument.AFTER,
        )
        return _operation(found)

    async def release(
        self, operation: PaymentOperation, next_try_at: datetime | None, *, is_untried: bool = False
    ) -> None:
        """Give a claimed operation back, with the status, key generation and failure it now has.

        One whose lease ran out and that another worker has brought to its end meanwhile is left alone.
        """
        changed = operation.model_dump(include={"status", "key_generation", "failure_code", "updated_at"})
        await self._operations.update_one(
            {"_id": operation.id, "status": {"$in": _OPEN}, "tries": operation.tries},
            {
                "$set": {**changed, "next_try_at": next_try_at},
                "$unset": {"locked_until": ""},
                "$inc": {"tries": -1 if is_untried else 0},
            },
        )

    async def list_abandoned(self, now: datetime, *, limit: int) -> Sequence[AbandonedOperation]:
        """Operations whose lease has ended without a result or a release, those that ended first first."""
        ended = self._operations.find({"locked_until": {"$lte": now}}, {"booking_id": 1})
        rows = ended.sort("locked_until", 1).limit(limit)
        return [AbandonedOperation(row["_id"], row["booking_id"]) async for row in rows]

    async def end_leases(self, operation_ids: Sequence[str], now: datetime) -> None:
        """Forget leases that have ended by then, so that these operations are no longer listed as abandoned."""
        ended: Document = {"_id": {"$in": list(operation_ids)}, "locked_until": {"$lte": now}}
        await self._operations.update_many(ended, {"$unset": {"locked_until": ""}})

    async def list_due(self, now: datetime, *, limit: int, after: str = "") -> Sequence[PaymentOperation]:
        """Operations still open whose next try is due and that nobody has taken, in order of their ids."""
        due: Document = {
            "status": {"$in": _OPEN},
            "next_try_at": {"$not": {"$gt": now}},
            "locked_until": {"$not": {"$gt": now}},
        }
        if after:
            due["_id"] = {"$gt": after}
        cursor = self._operations.find(due).sort("_id", 1).limit(limit)
        return [from_document(PaymentOperation, row) async for row in cursor]


def _operation(document: Document | None) -> PaymentOperation | None:
    return None if document is None else from_document(PaymentOperation, document)
