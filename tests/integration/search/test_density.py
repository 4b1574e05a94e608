"""How dense listings are decides how wide a search reads, and never what it finds."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest
from common.adapters.mongo.search.geo_scan import with_spare
from common.adapters.mongo.search.listings import MongoListingIndex
from common.adapters.mongo.shared.documents import to_document
from common.application.ports.search.listings import Criteria, ListingKind, Order
from common.domain.catalogue.listings import areas_of, geojson, service_listing
from common.domain.shared.geo import Point, distance_m

from tests.factories.providers import make_provider, make_service
from tests.support.profiled import profiled

if TYPE_CHECKING:
    from common.runtime.container.bootstrap import Container

TOWN = Point(-43.53, 172.64)
MANY, LIMIT, BATCH = 1_500, 20, 250


@pytest.fixture
async def town(container: Container) -> list[dict[str, Any]]:
    """Services that lie the denser the nearer to the middle of a town, a third of them in one category."""
    tree = await container.categories.tree()
    provider = make_provider(address={"text": "", "lat": TOWN.lat, "lng": TOWN.lng}, is_listed=True)
    models = [
        to_document(listing)
        for slug in ("lawn-mowing", "house-cleaning", "house-cleaning")
        if (listing := service_listing(provider, make_service(provider, category=slug), tree))
    ]
    chance = random.Random(5)  # noqa: S311 - a repeatable town
    rows = []
    for number in range(MANY):
        model = models[number % len(models)]
        point = Point(TOWN.lat + chance.gauss(0, 0.02), TOWN.lng + chance.gauss(0, 0.02))
        placed = {"location": geojson(point), "areas": areas_of(model["categories"], point)}
        rows.append({**model, **placed, "_id": f"svc_dense_{number:04d}", "reach_m": chance.choice((2_000, 30_000))})
    listings = container.mongo.collection("service_listings")
    await listings.delete_many({})
    for begin in range(0, MANY, BATCH):
        await listings.insert_many(rows[begin : begin + BATCH])
    return rows


async def test_the_nearest_are_found_in_order_by_reading_little_more(
    container: Container, town: list[dict[str, Any]]
) -> None:
    index, chance = MongoListingIndex(container.mongo), random.Random(7)  # noqa: S311 - a repeatable walk
    for spread in (0.0, 0.02, 0.05, 0.3):
        point = Point(TOWN.lat + chance.uniform(-spread, spread), TOWN.lng + chance.uniform(-spread, spread))
        for slug in (None, "lawn-mowing"):
            criteria, after, found = Criteria(category=slug, point=point, radius_m=25_000.0), None, list[str]()
            for _ in range(3):
                scan = await index.scan(ListingKind.SERVICES, criteria, Order.DISTANCE, limit=LIMIT, after=after)
                found += [hit.id for hit in scan.hits]
                after = scan.end
                if after is None:
                    break
            assert found == _brute(town, criteria)[: 3 * LIMIT]

    async with profiled(container.mongo, "service_listings") as done:
        await index.scan(ListingKind.SERVICES, Criteria(point=TOWN, radius_m=25_000.0), Order.DISTANCE, limit=LIMIT)
    examined = sum(row["docsExamined"] for row in done)
    assert 0 < examined <= 4 * with_spare(LIMIT + 1)


def _brute(rows: list[dict[str, Any]], criteria: Criteria) -> list[str]:
    placed = []
    for row in rows:
        lng, lat = row["location"]["coordinates"]
        distance = distance_m(criteria.point or TOWN, Point(lat, lng))
        is_wanted = criteria.category is None or criteria.category in row["categories"]
        if is_wanted and distance <= min(criteria.radius_m, row["reach_m"]):
            placed.append((distance, row["_id"]))
    return [id_ for _, id_ in sorted(placed)]
