"""Calls of the catalogue's repositories, and of those that searches read."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from common.adapters.mongo.bookings.published_ratings import MongoPublishedRatings, MongoSummaries
from common.adapters.mongo.catalogue.categories import MongoCategories
from common.adapters.mongo.catalogue.plan_limit import MongoPlanLimit
from common.adapters.mongo.catalogue.provider_lists import MongoProviderLists
from common.adapters.mongo.catalogue.provider_lock import MongoProviderLock
from common.adapters.mongo.search.booking_counts import MongoBookingCounts
from common.adapters.mongo.search.facet_changes import MongoFacetChanges
from common.adapters.mongo.search.facet_counters import STATE, MongoFacetCounters
from common.adapters.mongo.search.listings import MongoListingIndex
from common.adapters.mongo.search.popularity import MongoPopularity
from common.application.ports.search.listings import Criteria, ListingKind, Order, WordGroup
from common.domain.catalogue.facet_counts import FacetEntry
from common.domain.catalogue.providers import RatingSummary
from common.domain.shared.errors import NotFound
from common.domain.shared.geo import Point
from common.runtime.container.bootstrap import Container

from tests.factories.providers import make_provider, make_service
from tests.integration.query_plans.calls import BEFORE, BOOKING, LATER, NOW, PROVIDER, SERVICE, Calls

_NEAR: dict[str, Any] = {"point": Point(-36.844, 174.767), "radius_m": 25_000.0}
_WORDS = (WordGroup(("clean",), 9),)
_LEAVES = ("house-cleaning", "lawn-mowing")
_ENTRY = FacetEntry("services", "15/1/1", ("all",), "house-cleaning", 10_000, "nzd1", 0, ("customer",))


def _scan(c: Container, criteria: Criteria, order: Order, kind: ListingKind = ListingKind.SERVICES) -> Any:
    return MongoListingIndex(c.mongo).scan(kind, criteria, order, limit=20)


async def _change_missing(c: Container) -> None:
    """What is not there."""
    for change in (c.providers.update, c.services.update):
        with suppress(NotFound):
            await change("none", {"status": "active"}, now=NOW, expected_version=7)


async def _keep_plan(c: Container) -> None:
    await c.providers.update(PROVIDER, {"active_service_limit": 0}, now=NOW)
    await c.services.pause_beyond_limit(PROVIDER, now=NOW)


async def _bill(c: Container) -> None:
    provider = await c.providers.get(PROVIDER)
    assert provider is not None
    await c.providers.update_billing(provider, {"is_billable": False}, now=NOW)


async def _count_rating(c: Container) -> None:
    """First all of the provider's, as of an earlier release, then one alone."""
    whose: dict[str, Any] = {"provider_id": PROVIDER, "service_id": SERVICE, "now": NOW}
    for state in ("published", "moderated"):
        await c.mongo.collection("ratings").update_one({"_id": "rat_1"}, {"$set": {"state": state}})
        await MongoSummaries(c.mongo, c.listings).apply(BOOKING, **whose)


async def _fold(c: Container) -> None:
    """After somebody who built the counters has died."""
    dead = {"is_built": True, "building": {"token": "none", "until": BEFORE}}
    await c.mongo.collection("facet_counters").update_one({"_id": STATE}, {"$set": dead}, upsert=True)
    await MongoFacetChanges(c.mongo).add({_ENTRY: 1})
    await MongoFacetChanges(c.mongo).fold(NOW)


async def _count_popular_unbuilt(c: Container) -> None:
    counters = c.mongo.collection("facet_counters")
    await counters.update_one({"_id": STATE}, {"$set": {"is_built": False}})
    await MongoPopularity(c.mongo).count_by_category(_LEAVES, None, 0, BEFORE)
    await counters.update_one({"_id": STATE}, {"$set": {"is_built": True}})


CALLS: Calls = {
    "MongoCategories.tree": lambda c: MongoCategories(c.mongo).tree(),
    "MongoProviders.get": lambda c: c.providers.get(PROVIDER),
    "MongoProviders.get_many": lambda c: c.providers.get_many([PROVIDER]),
    "MongoProviders.find_by_user": lambda c: c.providers.find_by_user("usr_1"),
    "MongoProviders.find_by_account": lambda c: c.providers.find_by_account("acct_1"),
    "MongoProviders.insert": lambda c: c.providers.insert(make_provider()),
    "MongoProviders.update": lambda c: c.providers.update(PROVIDER, {"bio": "Clean and tidy."}, now=NOW),
    "MongoProviders.update: missing": _change_missing,
    "MongoProviders.update_billing": _bill,
    "MongoProviderLists.search": lambda c: MongoProviderLists(c.mongo).search(None, limit=20, after="prv_1"),
    "MongoProviderLists.search: status": lambda c: MongoProviderLists(c.mongo).search(
        "pending", limit=20, after="prv_1"
    ),
    "MongoProviderLock.take": lambda c: MongoProviderLock(c.mongo).take(PROVIDER),
    "MongoServices.get": lambda c: c.services.get(SERVICE),
    "MongoServices.get_with_provider": lambda c: c.services.get_with_provider(SERVICE),
    "MongoServices.insert": lambda c: c.services.insert(make_service(make_provider(id=PROVIDER))),
    "MongoServices.update": lambda c: c.services.update(SERVICE, {"title": "Tidying"}, now=NOW),
    "MongoServices.is_any_done_at_provider": lambda c: c.services.is_any_done_at_provider(PROVIDER),
    "MongoServices.list_by_provider": lambda c: c.services.list_by_provider(
        PROVIDER, status=None, limit=20, before="svc_9"
    ),
    "MongoServices.list_by_provider: status": lambda c: c.services.list_by_provider(
        PROVIDER, status="active", limit=20, before=None
    ),
    "MongoListings.refresh_provider": lambda c: c.listings.refresh_provider(PROVIDER),
    "MongoListings.refresh_service": lambda c: c.listings.refresh_service(
        make_service(make_provider(id=PROVIDER), id=SERVICE)
    ),
    "MongoListings.refresh_service: hidden": lambda c: c.listings.refresh_service(
        make_service(make_provider(id="prv_none"), id="svc_none")
    ),
    "MongoIndexTerms.add": lambda c: c.index_terms.add("Clean house", "Tidy"),
    "MongoIndexTerms.used": lambda c: c.index_terms.used(["clean"]),
    "MongoIndexTerms.completions": lambda c: c.index_terms.completions("cl", 5),
    "MongoIndexTerms.corrections": lambda c: c.index_terms.corrections("clen", 5),
    "MongoListingIndex.scan": lambda c: _scan(c, Criteria(category="cleaning", **_NEAR), Order.DISTANCE),
    "MongoListingIndex.scan: words near": lambda c: _scan(c, Criteria(groups=_WORDS, **_NEAR), Order.DISTANCE),
    "MongoListingIndex.scan: rating near": lambda c: _scan(c, Criteria(category="cleaning", **_NEAR), Order.RATING),
    "MongoListingIndex.scan: words": lambda c: _scan(c, Criteria(groups=_WORDS), Order.RATING),
    "MongoListingIndex.scan: price": lambda c: _scan(c, Criteria(category="garden", currency="nzd"), Order.PRICE),
    "MongoListingIndex.scan: providers near": lambda c: _scan(
        c, Criteria(**_NEAR), Order.DISTANCE, ListingKind.PROVIDERS
    ),
    "MongoListingIndex.scan: providers by rating": lambda c: _scan(
        c, Criteria(category="garden"), Order.RATING, ListingKind.PROVIDERS
    ),
    "MongoListingIndex.scan: providers by price": lambda c: _scan(
        c, Criteria(currency="nzd"), Order.PRICE, ListingKind.PROVIDERS
    ),
    "MongoListingIndex.scan: providers by words": lambda c: _scan(
        c, Criteria(groups=_WORDS), Order.RATING, ListingKind.PROVIDERS
    ),
    "MongoListingIndex.sample": lambda c: MongoListingIndex(c.mongo).sample(
        ListingKind.SERVICES, Criteria(category="garden"), limit=20
    ),
    "MongoListingIndex.sample: near": lambda c: MongoListingIndex(c.mongo).sample(
        ListingKind.SERVICES, Criteria(category="garden", **_NEAR), limit=20
    ),
    "MongoBookingCounts.advance": lambda c: MongoBookingCounts(c.mongo).advance(BEFORE, LATER),
    "MongoBookingCounts.sum_by_category": lambda c: MongoBookingCounts(c.mongo).sum_by_category(["8/1/1"], BEFORE),
    "MongoBookingCounts.reset": lambda c: MongoBookingCounts(c.mongo).reset(),
    "MongoFacetChanges.add": lambda c: MongoFacetChanges(c.mongo).add({_ENTRY: 1}),
    "MongoFacetChanges.fold": _fold,
    "MongoFacetCounters.read": lambda c: MongoFacetCounters(c.mongo).read(ListingKind.SERVICES, None, ["*", "13/1/1"]),
    "MongoPopularity.count_by_category: counters not built": _count_popular_unbuilt,
    "MongoPopularity.count_by_category": lambda c: MongoPopularity(c.mongo).count_by_category(_LEAVES, None, 0, BEFORE),
    "MongoPopularity.count_by_category: near": lambda c: MongoPopularity(c.mongo).count_by_category(
        _LEAVES, _NEAR["point"], _NEAR["radius_m"], BEFORE
    ),
    "MongoPublishedRatings.search": lambda c: MongoPublishedRatings(c.mongo).search(
        provider_id=PROVIDER, service_id=None, limit=20, before=(NOW, "rat_9")
    ),
    "MongoPublishedRatings.search: service": lambda c: MongoPublishedRatings(c.mongo).search(
        provider_id=None, service_id=SERVICE, limit=20, before=None
    ),
    "MongoSummaries.refresh": lambda c: MongoSummaries(c.mongo, c.listings).refresh(
        provider_id=PROVIDER, service_id=SERVICE, now=NOW
    ),
    "MongoSummaries.apply": _count_rating,
    "MongoListings.set_ratings": lambda c: c.listings.set_ratings(PROVIDER, RatingSummary(), SERVICE, RatingSummary()),
    "MongoServices.pause_beyond_limit": _keep_plan,
    "MongoPlanLimit.hold": lambda c: MongoPlanLimit(c.mongo).hold(PROVIDER),
    "MongoPlanLimit.beyond": lambda c: MongoPlanLimit(c.mongo).beyond(PROVIDER),
}
