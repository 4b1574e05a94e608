"""Popular categories by counts of days: the same as counting the bookings, whoever counted how far."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from common.adapters.mongo.search.booking_counts import LEVEL, MongoBookingCounts
from common.application.search.popular import RADIUS_M, WINDOW, count_bookings
from common.domain.catalogue.listings import EVERYWHERE
from common.domain.shared.geo import Point, tile, tiles_at

from infra.ops.rebuild.steps import rebuild_popularity
from tests.fakes.clock import START
from tests.support.profiled import profiled

if TYPE_CHECKING:
    from common.runtime.container.bootstrap import Container

TOWNS = (Point(-36.85, 174.76), Point(-43.53, 172.64), Point(-17.7, 179.9))
SLUGS = ("lawn-mowing", "house-cleaning", "plumbing")
MANY = 600


@pytest.fixture
async def booked(container: Container) -> list[dict[str, Any]]:
    """Bookings of 32 days in some towns, one of them by the date line, and some that are nowhere."""
    chance = random.Random(3)  # noqa: S311 - a repeatable month
    rows = []
    for number in range(MANY):
        town = chance.choice(TOWNS)
        lng = (town.lng + chance.uniform(-1, 1) + 180) % 360 - 180
        place = {"lat": town.lat + chance.uniform(-1, 1), "lng": lng} if number % 10 else {}
        at = START - timedelta(minutes=chance.randrange(32 * 24 * 60))
        rows.append(
            {"_id": f"bkg_{number}", "created_at": at, "service": {"category": chance.choice(SLUGS)}, "place": place}
        )
    for name in ("bookings", "booking_counts"):
        await container.mongo.collection(name).delete_many({})
    await container.mongo.collection("bookings").insert_many(rows)
    return rows


async def _assert_right(container: Container, booked: list[dict[str, Any]]) -> None:
    since = START - WINDOW
    begin = since.replace(hour=0, minute=0, second=0, microsecond=0)
    recent = [row for row in booked if row["created_at"] >= begin]
    for town in (None, *TOWNS):
        tiles = tiles_at(town, RADIUS_M, LEVEL) if town else [EVERYWHERE]
        expected = Counter(
            row["service"]["category"]
            for row in recent
            if town is None or (row["place"] and tile(Point(row["place"]["lat"], row["place"]["lng"]), LEVEL) in tiles)
        )
        assert await MongoBookingCounts(container.mongo).sum_by_category(tiles, since) == expected


async def test_counts_are_right_however_far_counting_has_come(
    container: Container, booked: list[dict[str, Any]]
) -> None:
    await _assert_right(container, booked)
    counts = container.booking_counts
    for _ in range(5):
        await asyncio.gather(*(counts.advance(START - WINDOW, START) for _ in range(3)))
        await _assert_right(container, booked)
    await count_bookings(counts, container.clock, has_time=lambda: True)
    await _assert_right(container, booked)
    assert await count_bookings(counts, container.clock, has_time=lambda: True) == 0
    assert await rebuild_popularity(container) > MANY * 0.9
    await _assert_right(container, booked)


async def test_counting_ends_where_the_clock_is_finer_than_the_database(container: Container) -> None:
    counts, now = container.booking_counts, START + timedelta(microseconds=1_234)
    await counts.reset()
    steps = [await counts.advance(now - WINDOW, now) for _ in range(MANY + 2)]
    assert steps[-1] is None


async def test_an_answer_reads_days_and_not_bookings(container: Container, booked: list[dict[str, Any]]) -> None:
    await count_bookings(container.booking_counts, container.clock, has_time=lambda: True)
    read = {"bookings": 0, "booking_counts": 0}
    async with profiled(container.mongo, *read) as done:
        await MongoBookingCounts(container.mongo).sum_by_category(tiles_at(TOWNS[0], RADIUS_M, LEVEL), START - WINDOW)
    for row in done:
        read[row["ns"].partition(".")[2]] += max(row["keysExamined"], row.get("docsExamined", 0))
    assert read["booking_counts"] <= 9 * 31 + 1
    assert read["bookings"] <= len([row for row in booked if row["created_at"] > START - timedelta(minutes=15)]) + 1
