"""Services in the collection ``services``."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pymongo.asynchronous.collection import ReturnDocument

from common.adapters.mongo.catalogue.listings import MAX_SERVICES, MongoListings
from common.adapters.mongo.catalogue.plan_limit import MongoPlanLimit
from common.adapters.mongo.search.index_terms import MongoIndexTerms
from common.adapters.mongo.shared.database import Document, Mongo
from common.adapters.mongo.shared.documents import from_document, plain, to_document
from common.adapters.mongo.shared.holdings import Fate, Holdings, Walk, provider
from common.adapters.mongo.shared.unit_of_work import MongoUnitOfWork, current_session
from common.domain.catalogue.place_kinds import PlaceKind
from common.domain.catalogue.providers import Provider
from common.domain.catalogue.services import Service, ServiceStatus
from common.domain.shared.errors import Conflict, NotFound, VersionConflict

HOLDINGS: Holdings = {
    "services": (
        provider("provider_id", Fate.BLANKED, "services", walk=Walk(statuses=[each.value for each in ServiceStatus])),
    ),
}

#: The stage that adds whose a service is, as a list: empty where it is nobody's.
WITH_PROVIDER: Document = {
    "$lookup": {"from": "providers", "localField": "provider_id", "foreignField": "_id", "as": "provider"}
}
_NOT_DELETED = [status.value for status in ServiceStatus if status is not ServiceStatus.DELETED]


class MongoServices:
    """Implements ``Services`` and ``ServiceReader``.

    Args:
        mongo: the connection.
        listings: what searches read of services.
        index_terms: the words that searches know.
    """

    def __init__(self, mongo: Mongo, listings: MongoListings, index_terms: MongoIndexTerms) -> None:
        self._services = mongo.collection("services")
        self._unit = MongoUnitOfWork(mongo)
        self._listings = listings
        self._plan_limit = MongoPlanLimit(mongo)
        self._index_terms = index_terms

    async def get(self, service_id: str) -> Service | None:
        """One service by id, whatever its status."""
        row = await self._services.find_one({"_id": service_id}, session=current_session())
        return from_document(Service, row) if row else None

    async def get_with_provider(self, service_id: str) -> tuple[Service, Provider] | None:
        """One service and whose it is (see the port): a command costs more than the join of two documents."""
        pipeline = [{"$match": {"_id": service_id}}, WITH_PROVIDER]
        rows = await self._services.aggregate(pipeline, session=current_session())
        found = await rows.to_list(1)
        if not found or not found[0]["provider"]:
            return None
        (provider,) = found[0].pop("provider")
        return from_document(Service, found[0]), from_document(Provider, provider)

    async def insert(self, service: Service) -> None:
        """Store a new service (see the port for what it raises)."""

        async def work() -> None:
            owned = {"provider_id": service.provider_id, "status": {"$in": _NOT_DELETED}}
            session = current_session()
            if await self._services.count_documents(owned, limit=MAX_SERVICES, session=session) >= MAX_SERVICES:
                message = f"A provider may have {MAX_SERVICES} services. Delete one first."
                raise Conflict(message, code="too_many_services")
            await self._services.insert_one(to_document(service), session=session)
            if service.status is ServiceStatus.ACTIVE:
                await self._plan_limit.hold(service.provider_id)
            await self._listings.refresh_service(service)

        await self._index_terms.add(service.title, service.description)
        await self._unit.run(work)

    async def update(
        self, service_id: str, fields: Mapping[str, Any], *, now: datetime, expected_version: int | None = None
    ) -> Service:
        """Set fields by name and project the listing anew, in one transaction (see the port for what it raises)."""

        async def work() -> Service:
            publishes = fields.get("status") == ServiceStatus.ACTIVE and not await self._is_active(service_id)
            key: Document = {"_id": service_id, "status": {"$in": _NOT_DELETED}}
            if expected_version is not None:
                key["version"] = expected_version
            change = {"$set": {**plain(fields), "updated_at": now}, "$inc": {"version": 1}}
            row = await self._services.find_one_and_update(
                key, change, return_document=ReturnDocument.AFTER, session=current_session()
            )
            if row is None:
                await self._raise_missing(service_id)
            service = from_document(Service, row or {})
            if publishes:
                await self._plan_limit.hold(service.provider_id)
            await self._listings.refresh_service(service)
            return service

        if {"title", "description"} & set(fields):
            await self._index_terms.add(str(fields.get("title", "")), str(fields.get("description", "")))
        return await self._unit.run(work)

    async def pause_beyond_limit(self, provider_id: str, *, now: datetime) -> int:
        """Pause the newest active services beyond the provider's limit; returns how many."""

        async def work() -> int:
            session = current_session()
            newest = await self._plan_limit.beyond(provider_id)
            if not newest:
                return 0
            change = {"$set": {"status": ServiceStatus.PAUSED.value, "updated_at": now}, "$inc": {"version": 1}}
            await self._services.update_many({"_id": {"$in": newest}}, change, session=session)
            await self._listings.refresh_provider(provider_id)
            return len(newest)

        return await self._unit.run(work)

    async def is_any_done_at_provider(self, provider_id: str) -> bool:
        """Whether an active service of a provider can be done at the provider's place."""
        wanted = {
            "provider_id": provider_id,
            "status": ServiceStatus.ACTIVE.value,
            "place_kinds": PlaceKind.PROVIDER.value,
        }
        return await self._services.find_one(wanted, {"_id": 1}, session=current_session()) is not None

    async def list_by_provider(
        self, provider_id: str, *, status: str | None, limit: int, before: str | None
    ) -> Sequence[Service]:
        """A provider's services that are not deleted, newest first; ``before`` is the id last seen."""
        wanted: Document = {"provider_id": provider_id, "status": {"$in": [status] if status else _NOT_DELETED}}
        if before is not None:
            wanted["_id"] = {"$lt": before}
        rows = self._services.find(wanted).sort("_id", -1).limit(limit)
        return [from_document(Service, row) async for row in rows]

    async def _is_active(self, service_id: str) -> bool:
        service = await self.get(service_id)
        return service is not None and service.status is ServiceStatus.ACTIVE

    async def _raise_missing(self, service_id: str) -> None:
        service = await self.get(service_id)
        if service is None or service.status is ServiceStatus.DELETED:
            raise NotFound("There is no such service.")
        raise VersionConflict("The service has changed since you read it. Read it again.")
