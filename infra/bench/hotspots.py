"""Hotspots with ten thousand reports, a hundred thousand and a million, beside the bare driver's read of the same."""

from __future__ import annotations

import contextlib
import json
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from common.domain.reports.categories import ReportCategory
from common.domain.reports.cells import Box, covering
from common.domain.reports.hotspots import DEFAULT_PERIOD, Counted, length_for, week_of
from common.domain.shared.geo import Point
from common.domain.shared.geohash import geohash
from common.runtime.http import create_app
from pymongo import AsyncMongoClient, MongoClient

from functions.reports.routes import router
from infra.bench import measure, report
from infra.bench.results import Held, Measured, Row, Section, compare
from infra.bench.servers import running_mongod
from infra.bench.targets import Target
from infra.ops.container import operating
from infra.ops.migrations.runner import migrate

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from fastapi import FastAPI

    from infra.bench.parts import Options
    from infra.bench.statistics import Timing

_SIZES, _FULL_SIZES = (10_000, 100_000), (10_000, 100_000, 1_000_000)
#: The town that is looked at has the same reports in every database; the others lie all over two countries.
_TOWN_REPORTS = 5_000
_TOWN = Point(-36.85, 174.76)
_SPREAD = 0.05
_ELSEWHERE = Box(168.0, -46.0, 178.0, -38.0)
_LOOKED_AT = Box(174.65, -36.95, 174.90, -36.75)
_QUERY = "bbox=174.65,-36.95,174.90,-36.75"
_READS, _WARMUP = 200, 20
_BATCH = 20_000
_CACHE_GB = 2.0
_OK = 200
_TEXT = (
    "`GET /v1/reports/hotspots` of a town of {town:,} reports of 90 days, of which every database has the same; the "
    "others lie elsewhere. Whole requests, through the application and without a network. The baseline is the bare "
    "driver's read of the same counters with `json.dumps`."
)


@dataclass(frozen=True)
class _Place:
    """One database: the application on it, and the bare driver."""

    size: int
    app: FastAPI
    bare: AsyncMongoClient[dict[str, Any]]

    async def read(self) -> int:
        """A whole request; returns how many cells answered."""
        status, body = await _get(self.app, "/v1/reports/hotspots", _QUERY)
        if status != _OK:
            raise RuntimeError(f"hotspots answered {status}: {body.decode()}")
        return len(json.loads(body)["items"])

    async def read_bare(self) -> str:
        """The same rows by the driver."""
        since = week_of(datetime.now(UTC) - DEFAULT_PERIOD)
        wanted = {"cell": {"$in": covering(_LOOKED_AT, length_for(_LOOKED_AT, None))}, "week": {"$gte": since}}
        rows = self.bare[_database(self.size)]["report_cells"].find(wanted, {"_id": 0})
        return json.dumps(await rows.to_list(), default=str)


async def run(options: Options) -> Measured:
    """Measure hotspots, and write their page.

    Args:
        options: How the benchmarks were asked for; a trial has smaller databases, too.
    """
    scale = min(1.0, options.scale)
    sizes = [max(1_000 * (n + 1), round(size * scale)) for n, size in enumerate(_sizes(options))]
    with (
        tempfile.TemporaryDirectory(prefix="gigsta-bench-") as folder,
        running_mongod(Path(folder), cache_gb=_CACHE_GB) as uri,
    ):
        for size in sizes:
            started = time.monotonic()
            cells = _fill(uri, size, _town(sizes))
            options.say(f"hotspots: {size:,} reports, {cells:,} counters in {time.monotonic() - started:.0f} s")
        async with contextlib.AsyncExitStack() as stack:
            places = [await _opened(stack, uri, size) for size in sizes]
            return _written(await _measured(places, options), sizes, options)


def _sizes(options: Options) -> tuple[int, ...]:
    return _FULL_SIZES if options.is_full else _SIZES


async def _opened(stack: contextlib.AsyncExitStack, uri: str, size: int) -> _Place:
    environment = {
        "MONGODB_URI": uri, "MONGODB_DATABASE": _database(size), "PUBLIC_BASE_URL": "http://api.example.com",
        "PUBLIC_CACHE_ENTRIES": "0", "SEARCHES_PER_MINUTE": "1000000",
    }  # fmt: skip
    container = await stack.enter_async_context(operating(environment))
    client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(uri)
    stack.push_async_callback(client.close)
    return _Place(size, create_app(router, service="reports", container=container), client)


async def _measured(places: list[_Place], options: Options) -> dict[str, Timing]:
    if not all([await place.read() for place in places]):
        raise RuntimeError("no hotspots were found")
    calls: dict[str, Callable[[], Awaitable[object]]] = {}
    for place in places:
        calls[f"the bare read, {place.size:,} reports"] = place.read_bare
        calls[f"hotspots, {place.size:,} reports"] = place.read
    return await measure.in_turn(calls, runs=options.runs(_READS), warmup=_WARMUP)


def _written(timings: dict[str, Timing], sizes: list[int], options: Options) -> Measured:
    rows: list[Row] = []
    for size in sizes:
        base = timings[f"the bare read, {size:,} reports"]
        name = f"hotspots, {size:,} reports"
        rows += [
            Row(f"the bare read, {size:,} reports", base),
            compare(name, timings[name], base, Target.HOTSPOTS if size == sizes[-1] else None),
        ]
    smallest, largest = (timings[f"hotspots, {size:,} reports"] for size in (sizes[0], sizes[-1]))
    grown = Held(Target.HOTSPOTS_GROWTH, largest.median_ms / smallest.median_ms, runs=min(largest.runs, smallest.runs))
    section = Section("Hotspots", _TEXT.format(town=_town(sizes)), rows, (grown,))
    measured = Measured([section])
    report.write_page(measured, options, "benchmarks-hotspots", "Hotspots, against the number of reports")
    return measured


def _town(sizes: list[int]) -> int:
    """How many reports the town has: what the smallest database has room for."""
    return min(_TOWN_REPORTS, sizes[0] // 2)


def _database(size: int) -> str:
    return f"hotspots_{size}"


def _fill(uri: str, size: int, in_town: int) -> int:
    """Store the counters of so many reports, week by week; returns how many counters these are."""
    migrate(uri, _database(size))
    weeks = DEFAULT_PERIOD // timedelta(weeks=1)
    first = week_of(datetime.now(UTC)) - timedelta(weeks=weeks)
    groups = ((Random(1), in_town, _near), (Random(2), size - in_town, _anywhere))  # noqa: S311 - the same each time
    stored = 0
    with MongoClient[dict[str, Any]](uri) as client:
        rows = client[_database(size)]["report_cells"]
        for number in range(weeks):
            week, counters = first + timedelta(weeks=number), dict[str, dict[str, Any]]()
            for random, count, place in groups:
                for _ in range(count // weeks):
                    _count(counters, random, place(random), week)
            documents = list(counters.values())
            for begin in range(0, len(documents), _BATCH):
                rows.insert_many(documents[begin : begin + _BATCH], ordered=False)
            stored += len(documents)
    return stored


def _near(random: Random) -> Point:
    return Point(random.gauss(_TOWN.lat, _SPREAD), random.gauss(_TOWN.lng, _SPREAD))


def _anywhere(random: Random) -> Point:
    return Point(random.uniform(_ELSEWHERE.south, _ELSEWHERE.north), random.uniform(_ELSEWHERE.west, _ELSEWHERE.east))


def _count(counters: dict[str, dict[str, Any]], random: Random, point: Point, week: datetime) -> None:
    """Count one report, as the product would."""
    category = random.choice(list(ReportCategory)).value
    made = week + timedelta(minutes=random.randrange(7 * 24 * 60))
    counted = Counted.of(geohash=geohash(point), category=category, votes=random.randrange(20), created_at=made)
    for cell in counted.cells():
        empty = {"_id": f"{cell}:{week:%Y-%m-%d}", "cell": cell, "week": week, "counts": {}, "points": {}}
        row = counters.setdefault(cell, empty)
        row["counts"][category] = row["counts"].get(category, 0) + 1
        row["points"][category] = row["points"].get(category, 0) + counted.points


async def _get(app: FastAPI, path: str, query: str) -> tuple[int, bytes]:
    """One GET through the application, with no client in between; returns status and body."""
    scope = {
        "type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": query.encode(),
        "headers": [(b"host", b"api.example.com")], "client": ("192.0.2.1", 1), "server": ("api.example.com", 80),
        "scheme": "http", "root_path": "", "http_version": "1.1", "asgi": {"version": "3.0"},
    }  # fmt: skip
    status, body = 0, b""

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        nonlocal status, body
        status = message.get("status", status)
        body += message.get("body", b"")

    await app(scope, receive, send)
    return status, body
