"""Counters of listings: what has been counted is what is listed, whoever counts, dies or builds them meanwhile."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from common.adapters.mongo.search.facet_counters import STATE, MongoFacetCounters
from common.adapters.mongo.shared.documents import to_document
from common.application.ports.search.listings import ListingKind
from common.application.search.facet_folding import fold_facets
from common.domain.catalogue.facet_counts import entries_of, increments
from common.domain.catalogue.listings import EVERYWHERE, areas_of, geojson, service_listing
from common.domain.catalogue.providers import RatingSummary
from common.domain.catalogue.services import ServiceStatus
from common.domain.shared.geo import Point
from common.domain.shared.money import Money
from pymongo.asynchronous.collection import AsyncCollection

from infra.ops.rebuild.facets import rebuild_facets
from tests.factories.providers import make_provider, make_service
from tests.integration.search.conftest import search, store_provider, store_service
from tests.support.profiled import profiled

if TYPE_CHECKING:
    import httpx
    from common.domain.catalogue.providers import Provider
    from common.domain.catalogue.services import Service
    from common.runtime.container.bootstrap import Container

_LISTINGS = {"services": "service_listings", "providers": "provider_listings"}
_TOWN = Point(-43.53, 172.64)
_MANY = 400


async def _counted(container: Container) -> dict[str, dict[str, int]]:
    """What the counters say, without zeros."""
    found = {}
    async for row in container.mongo.collection("facet_counters").find({"_id": {"$ne": STATE}}):
        id_ = row.pop("_id")
        fields = {f"{part}.{name}": n for part, names in row.items() for name, n in names.items() if n}
        if fields:
            found[id_] = fields
    return found


async def _listed(container: Container) -> dict[str, dict[str, int]]:
    """What they should say."""
    entries: Counter[Any] = Counter()
    for kind, listings in _LISTINGS.items():
        async for row in container.mongo.collection(listings).find():
            entries.update(entries_of(kind, [row]))
    return {id_: {path: n for path, n in fields.items() if n} for id_, fields in increments(entries).items()}


async def _waiting(container: Container) -> int:
    return len(await container.mongo.collection("facet_changes").find().to_list())


async def _fold(container: Container) -> int:
    return await fold_facets(container.facet_changes, container.clock, has_time=lambda: True)


async def _shop(container: Container, services: int = 2) -> tuple[Provider, list[Service]]:
    provider = await store_provider(container, -41.3, 174.8)
    return provider, [await store_service(container, provider) for _ in range(services)]


async def test_each_write_that_changes_a_figure_waits_to_be_counted(container: Container) -> None:
    await rebuild_facets(container)
    now = container.clock.now()
    provider, (first, second) = await _shop(container)
    await _fold(container)
    assert await _counted(container) == await _listed(container)

    await container.services.update(first.id, {"title": "Another name"}, now=now)
    await container.providers.update(provider.id, {"bio": "Tidy."}, now=now)
    assert await _waiting(container) == 0, "these change no figure"

    rating = RatingSummary.of(2, 10)
    await container.services.update(first.id, {"price": Money(amount=70_000, currency="nzd")}, now=now)
    await container.listings.set_ratings(provider.id, rating, first.id, rating)
    await container.services.update(second.id, {"status": ServiceStatus.PAUSED}, now=now)
    address = {"text": "elsewhere", "lat": -36.9, "lng": 174.7, "is_located": True}
    await container.providers.update(provider.id, {"address": address}, now=now)
    assert await _waiting(container) == 4
    assert "prv_" not in str(await container.mongo.collection("facet_changes").find().to_list())
    await _fold(container)
    assert await _counted(container) == await _listed(container)

    await container.providers.update(provider.id, {"is_listed": False}, now=now)
    await _fold(container)
    assert await _counted(container) == await _listed(container)
    assert await _fold(container) == 0


async def test_each_change_counts_once_whoever_counts_and_whenever_one_dies(
    container: Container, monkeypatch: pytest.MonkeyPatch
) -> None:
    await rebuild_facets(container)
    before = await _counted(container)
    for _ in range(3):
        await _shop(container)
    with monkeypatch.context() as patched:

        async def die(*_: Any, **__: Any) -> None:
            raise OSError("the process died")

        patched.setattr(AsyncCollection, "delete_many", die)
        with suppress(OSError):
            await container.facet_changes.fold(container.clock.now())
    assert await _counted(container) == before, "half a step is none"
    waiting = await _waiting(container)
    done = await asyncio.gather(*(_fold(container) for _ in range(3)))
    assert sum(done) == waiting > 0
    assert await _counted(container) == await _listed(container)


async def test_counters_are_built_while_listings_change_and_others_count(container: Container) -> None:
    provider, services = await _shop(container, 6)

    async def change() -> None:
        for number, service in enumerate(services):
            price = Money(amount=1_000 + 9_000 * number, currency="nzd")
            await container.services.update(service.id, {"price": price}, now=container.clock.now())
        await container.services.pause_beyond_limit(provider.id, now=container.clock.now())

    async def count() -> None:
        for _ in range(10):
            await container.facet_changes.fold(container.clock.now())

    await asyncio.gather(change(), count(), rebuild_facets(container), change())
    await _fold(container)
    assert await _counted(container) == await _listed(container)


async def test_nobody_reads_or_counts_while_they_are_built_or_after_a_builder_died(
    container: Container, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _shop(container)
    await rebuild_facets(container)
    await _shop(container)
    with monkeypatch.context() as patched:

        async def die(*_: Any, **__: Any) -> None:
            raise OSError("the process died")

        patched.setattr(AsyncCollection, "insert_many", die)
        with pytest.raises(OSError, match="died"):
            await rebuild_facets(container)
    counters = MongoFacetCounters(container.mongo)
    assert await _fold(container) == 0
    assert await counters.read(ListingKind.SERVICES, None, [EVERYWHERE]) is None
    with pytest.raises(RuntimeError, match="already"):
        await rebuild_facets(container)
    container.clock.advance(minutes=11)  # type: ignore[attr-defined]
    assert await _fold(container) > 0, "nothing is counted, and nothing is kept for it"
    assert await counters.read(ListingKind.SERVICES, None, [EVERYWHERE]) is None
    await rebuild_facets(container)
    assert await _counted(container) == await _listed(container)


async def _crowd(container: Container) -> None:
    """Services of one town, a quarter of them in one category, far from what other tests have."""
    tree = await container.categories.tree()
    provider = make_provider(address={"text": "", "lat": _TOWN.lat, "lng": _TOWN.lng}, is_listed=True)
    models = [
        to_document(listing)
        for slug in ("lawn-mowing", "house-cleaning", "house-cleaning", "house-cleaning")
        if (listing := service_listing(provider, make_service(provider, category=slug), tree))
    ]
    rows = []
    for number in range(_MANY):
        point = Point(_TOWN.lat + number % 20 * 0.004 - 0.04, _TOWN.lng + number // 20 * 0.005 - 0.05)
        model = models[number % len(models)]
        placed = {"location": geojson(point), "areas": areas_of(model["categories"], point), "reach_m": 40_000}
        rows.append({**model, **placed, "_id": f"svc_crowd_{number:04d}"})
    await container.mongo.collection("service_listings").insert_many(rows)


async def test_many_are_told_from_counters_and_few_are_counted(client: httpx.AsyncClient, container: Container) -> None:
    await _crowd(container)
    here: dict[str, Any] = {"lat": _TOWN.lat, "lng": _TOWN.lng, "radius_km": 25}
    await container.mongo.collection("facet_counters").update_one({"_id": STATE}, {"$set": {"is_built": False}})
    sampled = (await search(client, **here))["facets"]
    assert (sampled["counted"], sampled["is_estimate"], sampled["is_complete"]) == (_MANY, False, True)

    await rebuild_facets(container)
    facets = (await search(client, **here))["facets"]
    assert (facets["is_estimate"], facets["is_complete"], facets["currency"]) == (True, False, sampled["currency"])
    assert facets["counted"] == pytest.approx(_MANY, rel=0.02)
    shares = {row["slug"]: row["count"] for row in facets["categories"]}
    assert shares == pytest.approx({"house-cleaning": _MANY * 3 / 4, "lawn-mowing": _MANY / 4}, rel=0.05)
    assert (await search(client, **here, category="house-cleaning"))["facets"]["is_estimate"] is True
    assert (await search(client))["facets"]["is_estimate"] is True

    exact: list[dict[str, Any]] = [
        {"category": "lawn-mowing"},
        {"place_kind": "customer"},
        {"currency": "nzd"},
        {"min_rating": 0},
    ]
    for more in exact:
        assert (await search(client, **here, **more))["facets"]["is_estimate"] is False

    async with profiled(container.mongo, "facet_counters", "service_listings") as done:
        near = (await client.get("/v1/search/popular-categories", params={"lat": -43.5, "lng": 172.6})).json()["items"]
    assert {row["slug"]: row["active_services"] for row in near} == {"house-cleaning": 300, "lawn-mowing": 100}
    assert [row["ns"].partition(".")[2] for row in done] == ["facet_counters"]
