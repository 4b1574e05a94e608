"""Provider profiles in the collection ``providers``."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pymongo.asynchronous.collection import ReturnDocument
from pymongo.errors import DuplicateKeyError

from common.adapters.mongo.catalogue.listings import MongoListings
from common.adapters.mongo.search.index_terms import MongoIndexTerms
from common.adapters.mongo.shared.database import Document, Mongo
from common.adapters.mongo.shared.documents import from_document, plain, to_document
from common.adapters.mongo.shared.holdings import Fate, Holdings, provider
from common.adapters.mongo.shared.unit_of_work import MongoUnitOfWork, current_session
from common.domain.catalogue.providers import Provider
from common.domain.shared.errors import NotFound, VersionConflict

HOLDINGS: Holdings = {
    "providers": (provider("_id", Fate.BLANKED, "provider_profile"),),
}


class MongoProviders:
    """Implements ``Providers`` and ``ProviderReader``.

    Args:
        mongo: the connection.
        listings: what searches read of providers.
        index_terms: the words that searches know.
    """

    def __init__(self, mongo: Mongo, listings: MongoListings, index_terms: MongoIndexTerms) -> None:
        self._providers = mongo.collection("providers")
        self._unit = MongoUnitOfWork(mongo)
        self._listings = listings
        self._index_terms = index_terms

    async def get(self, provider_id: str) -> Provider | None:
        """One provider by id, whatever its status."""
        row = await self._providers.find_one({"_id": provider_id}, session=current_session())
        return from_document(Provider, row) if row else None

    async def find_by_user(self, user_id: str) -> Provider | None:
        """The profile of an account."""
        row = await self._providers.find_one({"user_id": user_id}, session=current_session())
        return from_document(Provider, row) if row else None

    async def find_by_account(self, account_id: str) -> Provider | None:
        """The profile that is paid to this account at Stripe."""
        row = await self._providers.find_one({"stripe_account_id": account_id}, session=current_session())
        return from_document(Provider, row) if row else None

    async def get_many(self, provider_ids: Sequence[str]) -> Mapping[str, Provider]:
        """Profiles by id; ids without one are left out."""
        rows = self._providers.find({"_id": {"$in": list(provider_ids)}}, session=current_session())
        return {row["_id"]: from_document(Provider, row) async for row in rows}

    async def insert(self, provider: Provider) -> bool:
        """Store a new profile; ``False`` if its account has one already, which ends a transaction it is part of."""
        await self._index_terms.add(provider.trading_name, provider.bio)
        try:
            await self._providers.insert_one(to_document(provider), session=current_session())
        except DuplicateKeyError:
            return False
        return True

    async def update(
        self, provider_id: str, fields: Mapping[str, Any], *, now: datetime, expected_version: int | None = None
    ) -> Provider:
        """Set fields by name and project the listings anew, in one transaction (see the port for what it raises)."""

        async def work() -> Provider:
            key: Document = {"_id": provider_id, "deleted_at": None}
            if expected_version is not None:
                key["version"] = expected_version
            change = {"$set": {**plain(fields), "updated_at": now}, "$inc": {"version": 1}}
            row = await self._providers.find_one_and_update(
                key, change, return_document=ReturnDocument.AFTER, session=current_session()
            )
            if row is None:
                await self._raise_missing(provider_id)
            provider = from_document(Provider, row or {})
            await self._listings.refresh_provider(provider_id)
            return provider

        if {"trading_name", "bio"} & set(fields):
            await self._index_terms.add(str(fields.get("trading_name", "")), str(fields.get("bio", "")))
        return await self._unit.run(work)

    async def update_billing(self, provider: Provider, fields: Mapping[str, Any], *, now: datetime) -> Provider:
        """Set what was read from Stripe, and count the reading (see the port for what it raises)."""
        changed = {name: value for name, value in fields.items() if getattr(provider, name) != value}
        revision = provider.billing_revision + 1
        await self._providers.update_one(
            {"_id": provider.id}, {"$set": {"billing_revision": revision}}, session=current_session()
        )
        if not changed:
            return provider.model_copy(update={"billing_revision": revision})
        return await self.update(provider.id, changed, now=now)

    async def _raise_missing(self, provider_id: str) -> None:
        provider = await self.get(provider_id)
        if provider is None or provider.deleted_at is not None:
            raise NotFound("There is no such provider.")
        raise VersionConflict("The profile has changed since you read it. Read it again.")
