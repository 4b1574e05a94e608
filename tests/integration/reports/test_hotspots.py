"""Hotspots: counted exactly once, whatever happens to reports and however events come."""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING, Any

import pytest
from common.application.reports.hotspots import count_in_cells, counted_of, find_hotspots
from common.domain.reports.categories import ReportCategory as Category
from common.domain.reports.cells import Box
from common.domain.reports.hotspots import LENGTHS
from common.domain.reports.report import Report, ReportPlace
from common.domain.shared.geo import Point
from common.domain.shared.geohash import geohash
from common.domain.shared.ids import new_id

from tests.support import api_client
from tests.support.reports import store_report

if TYPE_CHECKING:
    from common.runtime.container.bootstrap import Container

    from tests.fakes.clock import FakeClock

TOWN = Point(-36.85, 174.76)
BOX = Box(174.70, -36.90, 174.80, -36.80)
BBOX = "174.70,-36.90,174.80,-36.80"
URL = "/v1/reports/hotspots"


@pytest.fixture(autouse=True)
async def empty(container: Container) -> None:
    for name in ("reports", "report_cells"):
        await container.mongo.collection(name).delete_many({})


async def _store(container: Container, clock: FakeClock, point: Point = TOWN, **fields: Any) -> Report:
    now = clock.now()
    place = ReportPlace(lat=point.lat, lng=point.lng)
    made = {"id": new_id("rpt", now), "created_at": now, "updated_at": now}
    return await store_report(container, place=place, **made, **fields)


async def _set(container: Container, report: Report, **fields: Any) -> None:
    await container.mongo.collection("reports").update_one({"_id": report.id}, {"$set": fields})


async def _count(container: Container, box: Box = BOX) -> int:
    found = await find_hotspots(container.report_cells, box, zoom=None, category=None, since=None)
    return sum(spot.count for spot in found.spots)


async def _sums(container: Container) -> dict[int, tuple[int, int]]:
    """Reports and points of all cells of each length."""
    sums = dict.fromkeys(LENGTHS, (0, 0))
    for row in await container.mongo.collection("report_cells").find().to_list():
        count, points = sums[len(row["cell"])]
        counted = sum(row["counts"].values())
        sums[len(row["cell"])] = (count + counted, points + sum(row["points"].values()))
    return sums


async def test_a_report_counts_once_however_often_and_at_once_its_events_come(
    container: Container, clock: FakeClock
) -> None:
    reports = [await _store(container, clock) for _ in range(5)]
    await asyncio.gather(*(count_in_cells(container.report_cells, each.id) for each in reports * 4))
    assert await _count(container) == 5
    assert {count for count, _ in (await _sums(container)).values()} == {5}


async def test_what_is_hidden_or_another_one_s_duplicate_leaves(container: Container, clock: FakeClock) -> None:
    reports = [await _store(container, clock) for _ in range(5)]
    for each in reports:
        await count_in_cells(container.report_cells, each.id)
    await _set(container, reports[0], status="hidden", is_public=False)
    await _set(container, reports[1], status="duplicate")
    for each in reports[:2]:
        await count_in_cells(container.report_cells, each.id)
    assert await _count(container) == 3
    await _set(container, reports[2], status="withdrawn", is_public=False)
    await count_in_cells(container.report_cells, reports[2].id)
    assert await _count(container) == 0, "of two nothing is told"


async def test_any_history_in_any_order_leaves_what_counting_anew_gives(container: Container, clock: FakeClock) -> None:
    dice = random.Random(7)  # noqa: S311 - the same each time
    reports = [await _store(container, clock) for _ in range(6)]
    for _ in range(60):
        each = dice.choice(reports)
        change: dict[str, Any] = dice.choice([
            {"is_public": False, "status": "hidden"}, {"is_public": True, "status": "verified"},
            {"category": dice.choice(list(Category)).value}, {"verified_upvote_count": dice.randrange(9)},
            {"geohash": geohash(Point(TOWN.lat + dice.random(), TOWN.lng))},
        ])  # fmt: skip
        await _set(container, each, **change)
        if dice.random() < 0.7:
            await count_in_cells(container.report_cells, dice.choice(reports).id)
    for each in reports:
        await count_in_cells(container.report_cells, each.id)
    stored = [await container.reports.reports.get(each.id) for each in reports]
    counted = [found for each in stored if (found := counted_of(each)) is not None]
    wanted = (len(counted), sum(each.points for each in counted))
    assert set((await _sums(container)).values()) == {wanted}


async def test_a_change_during_the_counting_is_counted(container: Container, clock: FakeClock) -> None:
    reports = [await _store(container, clock) for _ in range(20)]

    async def hide(report: Report) -> None:
        await _set(container, report, is_public=False, status="hidden")
        await count_in_cells(container.report_cells, report.id)

    counting = [count_in_cells(container.report_cells, each.id) for each in reports]
    await asyncio.gather(*counting, *(hide(each) for each in reports[::2]))
    assert set((await _sums(container)).values()) == {(10, 10 * counted_of(reports[1]).points)}  # type: ignore[union-attr]


async def test_the_route_tells_cells_with_their_counts(container: Container, clock: FakeClock) -> None:
    for category in (Category.POTHOLE, Category.POTHOLE, Category.TREE):
        made = await _store(container, clock, category=category)
        await count_in_cells(container.report_cells, made.id)
    async with api_client("reports", container) as client:
        answer = (await client.get(URL, params={"bbox": BBOX})).json()
        (spot,) = answer["items"]
        assert (spot["count"], spot["by_category"]) == (3, {"pothole": 2, "tree": 1})
        assert spot["bounds"]["south"] <= TOWN.lat <= spot["bounds"]["north"]
        assert len(spot["cell"]) == answer["precision"]
        assert spot["score"] == 3
        few = await client.get(URL, params={"bbox": BBOX, "category": "pothole"})
        assert few.json()["items"] == []
        wide = (await client.get(URL, params={"bbox": "-180,-90,180,90", "zoom": "3"})).json()
        assert (wide["items"][0]["count"], wide["precision"]) == (3, 1)
        clock.advance(days=100)
        assert (await client.get(URL, params={"bbox": BBOX})).json()["items"] == []
        since = {"bbox": BBOX, "since": "2029-01-01T00:00:00Z"}
        assert len((await client.get(URL, params=since)).json()["items"]) == 1


async def test_the_date_line_is_no_edge(container: Container, clock: FakeClock) -> None:
    for lng in (179.999, -179.999, 179.998, -179.998, 179.997, -179.997):
        made = await _store(container, clock, Point(-17.0, lng))
        await count_in_cells(container.report_cells, made.id)
    assert await _count(container, Box(179.9, -17.1, -179.9, -16.9)) == 6


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({}, "bbox"),
        ({"bbox": "1,2,3"}, "bbox"),
        ({"bbox": "174,-36,175,-37"}, "bbox"),
        ({"bbox": "174,-91,175,-37"}, "bbox"),
        ({"bbox": "-181,-37,175,-36"}, "bbox"),
        ({"bbox": "a,b,c,d"}, "bbox"),
        ({"bbox": BBOX, "zoom": "nan"}, "zoom"),
        ({"bbox": BBOX, "zoom": "23"}, "zoom"),
        ({"bbox": BBOX, "category": "cats"}, "category"),
        ({"bbox": BBOX, "since": "yesterday"}, "since"),
        ({"bbox": BBOX, "unknown": "1"}, "unknown"),
    ],
)
async def test_what_is_wrong_is_named(container: Container, query: dict[str, str], field: str) -> None:
    async with api_client("reports", container) as client:
        response = await client.get(URL, params=query)
    assert response.status_code == 422
    assert field in response.json()["errors"][0]["field"]
