"""Job requests in MongoDB: each write is of the version that was decided on, inside a unit of work."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from pymongo.errors import DuplicateKeyError

from common.adapters.mongo.shared.database import Document, Mongo
from common.adapters.mongo.shared.documents import from_document, to_native_document
from common.adapters.mongo.shared.holdings import Fate, Holding, Holdings, Walk, Whose
from common.adapters.mongo.shared.taking import take_due
from common.adapters.mongo.shared.unit_of_work import current_session
from common.application.ports.shared.due import Due
from common.domain.matching.job_requests import BINDING, JOB_REQUEST_PREFIX, JobRequest, JobRequestStatus
from common.domain.shared.errors import Conflict, VersionConflict
from common.domain.shared.ids import earliest_id

_EVERY_STATUS = tuple(status.value for status in JobRequestStatus)
_BINDING = sorted(status.value for status in BINDING)
#: Who else was looked at or has acted is not the customer's to take.
_PROVIDERS = frozenset({"asked_provider_ids", "declined_provider_ids", "exclusions", "history", "lease"})

HOLDINGS: Holdings = {
    "job_requests": (
        Holding(
            Whose.ACCOUNT,
            Fate.BLANKED,
            "customer_id",
            "job_requests",
            hidden=_PROVIDERS,
            walk=Walk(statuses=_EVERY_STATUS),
        ),
    ),
}

_BLANK: Document = {
    **dict.fromkeys(("title", "description", "access_notes"), ""),
    **dict.fromkeys(("payment_method_id", "idempotency_key")),
    "media_ids": [],
    "history": [],
}
#: What is left of where somebody lives who has left: the kind of place.
_NOWHERE: Document = {"$mergeObjects": [{"kind": "$place.kind"}]}
#: The index of lists, which the planner might pass over for that of ids.
_BY_CUSTOMER = "customer_status_newest"


class MongoJobRequests:
    """Implements ``JobRequests``.

    Args:
        mongo: the connection.
    """

    def __init__(self, mongo: Mongo) -> None:
        self._requests = mongo.collection("job_requests")

    async def get(self, request_id: str) -> JobRequest | None:
        """One request by id."""
        return _request(await self._requests.find_one({"_id": request_id}, session=current_session()))

    async def get_many(self, request_ids: Sequence[str]) -> Mapping[str, JobRequest]:
        """Those of the requests that there are, by id."""
        cursor = self._requests.find({"_id": {"$in": list(request_ids)}}, session=current_session())
        return {row["_id"]: from_document(JobRequest, row) async for row in cursor}

    async def find_by_idempotency_key(self, customer_id: str, key: str) -> JobRequest | None:
        """The request a customer made with this idempotency key."""
        wanted = {"customer_id": customer_id, "idempotency_key": _text(key)}
        return _request(await self._requests.find_one(wanted, session=current_session()))

    async def find_by_report(self, report_id: str) -> JobRequest | None:
        """The request that a report was made, as long as that one binds it."""
        wanted = {"report_id": _text(report_id), "status": {"$in": _BINDING}}
        return _request(await self._requests.find_one(wanted, session=current_session()))

    async def list_by_customer(
        self, customer_id: str, *, statuses: Sequence[JobRequestStatus], limit: int, before: str | None
    ) -> Sequence[JobRequest]:
        """A customer's requests, newest first (see the port)."""
        wanted: Document = {"customer_id": customer_id, "status": {"$in": list(statuses or _EVERY_STATUS)}}
        if before is not None:
            wanted["_id"] = {"$lt": before}
        rows = self._requests.find(wanted, session=current_session(), hint=_BY_CUSTOMER).sort("_id", -1).limit(limit)
        return [from_document(JobRequest, row) async for row in rows]

    async def count(
        self,
        customer_id: str,
        *,
        since: datetime | None = None,
        statuses: Sequence[JobRequestStatus] = (),
        most: int,
    ) -> int:
        """How many requests a customer has made, counted up to ``most`` (see the port)."""
        made: Document = {"customer_id": customer_id, "status": {"$in": list(statuses or _EVERY_STATUS)}}
        if since is not None:
            made["_id"] = {"$gte": earliest_id(JOB_REQUEST_PREFIX, since)}
        return await self._requests.count_documents(made, limit=most, session=current_session(), hint=_BY_CUSTOMER)

    async def insert(self, request: JobRequest) -> None:
        """Store a new request (see the port for what it raises)."""
        try:
            await self._requests.insert_one(to_native_document(request), session=current_session())
        except DuplicateKeyError as error:
            if "report_id" in (error.details or {}).get("keyPattern", {}):
                raise Conflict("This report has a job request already.", code="report_has_request") from error
            raise Conflict("This request was made already.", code="duplicate_request") from error

    async def replace(self, request: JobRequest) -> None:
        """Replace a request by its next version (see the port for what it raises)."""
        before = {"_id": request.id, "version": request.version - 1}
        try:
            done = await self._requests.replace_one(before, to_native_document(request), session=current_session())
        except DuplicateKeyError as error:
            raise Conflict("This report has another job request by now.", code="report_has_request") from error
        if done.matched_count == 0:
            raise VersionConflict("The request has changed meanwhile.")

    async def claim_due(self, now: datetime, *, until: datetime, limit: int) -> Due[JobRequest]:
        """Take due requests under a lease, which every replacement ends (see the port)."""
        return await take_due(self._requests, JobRequest, now, until=until, limit=limit)

    async def erase_customer(self, customer_id: str, *, limit: int) -> int:
        """Take what a customer wrote, and where they live, out of up to ``limit`` of their requests; in how many."""
        written = {"customer_id": customer_id, "status": {"$in": list(_EVERY_STATUS)}, "title": {"$ne": ""}}
        ids = [row["_id"] async for row in self._requests.find(written, {"_id": 1}).limit(limit)]
        blank = {name: {"$literal": value} for name, value in _BLANK.items()}
        if ids:
            await self._requests.update_many({"_id": {"$in": ids}}, [{"$set": {**blank, "place": _NOWHERE}}])
        return len(ids)


def _text(value: str) -> Document:
    """The value, in the words that the partial indexes of texts are chosen by."""
    return {"$eq": value, "$type": "string"}


def _request(row: Document | None) -> JobRequest | None:
    return None if row is None else from_document(JobRequest, row)
