"""The collections that searches read, ``service_listings`` and ``provider_listings``, kept current with every write."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from pymongo import DeleteMany, ReplaceOne

from common.adapters.mongo.catalogue.categories import MongoCategories
from common.adapters.mongo.catalogue.provider_lock import MongoProviderLock
from common.adapters.mongo.search.facet_changes import MongoFacetChanges
from common.adapters.mongo.shared.database import Collection, Document, Mongo
from common.adapters.mongo.shared.documents import from_document, to_document
from common.adapters.mongo.shared.holdings import Fate, Holdings, provider
from common.adapters.mongo.shared.unit_of_work import MongoUnitOfWork, current_session
from common.application.ports.search.listings import ListingKind
from common.domain.catalogue.facet_counts import ENTRY_FIELDS, FacetEntry, entries_of
from common.domain.catalogue.listings import Listing, provider_listing, rating_fields, service_listing
from common.domain.catalogue.providers import Provider, RatingSummary
from common.domain.catalogue.services import Service, ServiceStatus
from common.domain.shared.errors import NotFound

HOLDINGS: Holdings = {
    "provider_listings": (provider("_id", Fate.BLANKED, why="copies of profiles, made anew from them"),),
    "service_listings": (provider("provider_id", Fate.BLANKED, why="copies of services, made anew from them"),),
}

#: A provider's services are all read when its own profile changes, so their number is bounded.
MAX_SERVICES = 200
_ENTRY: Final = dict.fromkeys(ENTRY_FIELDS, 1)


class MongoListings:
    """Writes listings; call it inside the transaction of the write it follows.

    A listing is made of a provider's document and a service's. Each projection therefore writes the provider's
    document too (``MongoProviderLock``): of two at once the later one begins anew and sees what the other has written,
    whichever of the two documents that was. What counters count of the listings before and afterwards is compared, and
    what differs waits to be counted (``MongoFacetChanges``).

    Args:
        mongo: the connection.
        categories: the tree.
    """

    def __init__(self, mongo: Mongo, categories: MongoCategories) -> None:
        self._categories = categories
        self._lock = MongoProviderLock(mongo)
        self._unit = MongoUnitOfWork(mongo)
        self._facets = MongoFacetChanges(mongo)
        self._services = mongo.collection("services")
        self._service_listings = mongo.collection("service_listings")
        self._provider_listings = mongo.collection("provider_listings")

    async def refresh_provider(self, provider_id: str) -> None:
        """Project a provider and all its services anew; outside of a transaction, in one of its own."""

        async def work() -> None:
            provider, services = await self._read(provider_id)
            changed: Counter[FacetEntry] = Counter()
            await self._write_provider(provider_id, provider, services, changed)
            await self._write_services(provider_id, provider, services, changed)
            await self._facets.add(changed)

        await self._unit.run(work)

    async def refresh_service(self, service: Service) -> None:
        """Project one service anew, and its provider, whose categories and lowest price it may change.

        Raises:
            NotFound: the provider's owner has left; the transaction leaves no service of theirs behind.
        """
        provider, services = await self._read(service.provider_id)
        if provider is not None and provider.deleted_at is not None:
            raise NotFound("There is no such provider.")
        changed: Counter[FacetEntry] = Counter()
        await self._write_provider(service.provider_id, provider, services, changed)
        listing = service_listing(provider, service, await self._categories.tree()) if provider else None
        await self._write(self._service_listings, ListingKind.SERVICES, service.id, listing, changed)
        await self._facets.add(changed)

    async def set_ratings(
        self, provider_id: str, of_provider: RatingSummary, service_id: str, of_service: RatingSummary
    ) -> None:
        """Show new summaries of a provider and one service; call it where the provider's document is written too."""
        changed: Counter[FacetEntry] = Counter()
        for kind, listings, listing_id, rating in (
            (ListingKind.SERVICES, self._service_listings, service_id, of_service),
            (ListingKind.PROVIDERS, self._provider_listings, provider_id, of_provider),
        ):
            fields = rating_fields(rating)
            old = await listings.find_one_and_update(
                {"_id": listing_id}, {"$set": fields}, projection=_ENTRY, session=current_session()
            )
            if old is not None:
                _compare(changed, kind, [old], [{**old, **fields}])
        await self._facets.add(changed)

    async def _read(self, provider_id: str) -> tuple[Provider | None, list[Service]]:
        session = current_session()
        row = await self._lock.take(provider_id)
        active = {"provider_id": provider_id, "status": ServiceStatus.ACTIVE.value}
        rows = self._services.find(active, session=session).limit(MAX_SERVICES)
        services = [from_document(Service, each) async for each in rows]
        return (from_document(Provider, row) if row else None), services

    async def _write_provider(
        self, provider_id: str, provider: Provider | None, services: Sequence[Service], changed: Counter[FacetEntry]
    ) -> None:
        listing = provider_listing(provider, services, await self._categories.tree()) if provider else None
        await self._write(self._provider_listings, ListingKind.PROVIDERS, provider_id, listing, changed)

    async def _write_services(
        self, provider_id: str, provider: Provider | None, services: Sequence[Service], changed: Counter[FacetEntry]
    ) -> None:
        tree = await self._categories.tree()
        projected = [service_listing(provider, service, tree) for service in services] if provider else []
        documents: list[Document] = [to_document(listing) for listing in projected if listing is not None]
        own, session = {"provider_id": provider_id}, current_session()
        old = await self._service_listings.find(own, _ENTRY, session=session).limit(MAX_SERVICES).to_list()
        _compare(changed, ListingKind.SERVICES, old, documents)
        stale = {**own, "_id": {"$nin": [document["_id"] for document in documents]}}
        writes = [ReplaceOne({"_id": document["_id"]}, document, upsert=True) for document in documents]
        await self._service_listings.bulk_write([DeleteMany(stale), *writes], session=session)

    async def _write(
        self, listings: Collection, kind: str, listing_id: str, listing: Listing | None, changed: Counter[FacetEntry]
    ) -> None:
        """Write one listing, or remove what is not shown, in one command that tells what was there."""
        key, session = {"_id": listing_id}, current_session()
        if listing is None:
            old, new = await listings.find_one_and_delete(key, projection=_ENTRY, session=session), None
        else:
            new = to_document(listing)
            old = await listings.find_one_and_replace(key, new, projection=_ENTRY, upsert=True, session=session)
        _compare(changed, kind, [old] if old else [], [new] if new else [])


def _compare(
    changed: Counter[FacetEntry], kind: str, old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]
) -> None:
    """Count what there is more and less of."""
    changed.update(entries_of(kind, new))
    changed.subtract(entries_of(kind, old))
