"""The dashboard beside its baseline, what it reads, and what counting a day costs among more and more other days."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from common.application.admin.metrics.compute import compute_due
from common.application.ports.admin.metrics import Area
from common.domain.bookings.state_machine import TABLE
from common.domain.shared.ids import new_id
from pymongo import MongoClient

from infra.bench import costs, measure
from infra.bench.environments import http_event, running
from infra.bench.results import Held, Row, Section, compare
from infra.bench.targets import Target
from infra.bench.world import DATABASE
from infra.ops.container import operating
from infra.ops.migrations.runner import migrate

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from common.runtime.container.bootstrap import Container

    from infra.bench.setting import Setting
    from infra.bench.statistics import Timing

_READS, _WARMUP, _COUNTS = 150, 20, 60
#: What a week's dashboard is made of: audit rows and lines of the ledger.
_WEEK, _WEEK_ROWS = 7, 7_000
#: The day that is counted has the same rows in both databases; the other days have few, or many.
_DAY_ROWS, _OTHERS = 1_000, (2_000, 100_000)
_OTHER_DAYS = 80
_BATCH = 10_000
_LARGEST, _SMALLEST = "counting a day among 80 busy ones", "counting a day among 80 quiet ones"
_TEXT = (
    "`GET /v1/admin/analytics/dashboard` of the last seven days, as an admin sees it, with {rows:,} rows in them. The "
    "baseline reads whether the account may act, the same documents and the same counts by the bare driver, adds them "
    "up by day and answers by `json.dumps`. It verifies no token, makes no medians and no addresses of rows."
)
_DAY_TEXT = (
    "Counting one day of {rows:,} audit rows and lines of the ledger anew, with {few:,} and with {many:,} rows of 80 "
    "other days in the database."
)


async def figures(setting: Setting) -> list[Section]:
    """Both tables."""
    return [await _dashboard(setting), await _day(setting)]


async def _dashboard(setting: Setting) -> Section:
    uri = setting.servers.mongodb_uri
    with MongoClient[dict[str, Any]](uri) as client:
        today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        _fill(client, DATABASE, today - timedelta(days=_WEEK), _WEEK, _WEEK_ROWS)
    async with _opened(uri, DATABASE) as container:
        await compute_due(container.metrics, has_time=lambda: True)
    base = setting.baseline("figures.dashboard", status=200).named("baseline")
    event = http_event("GET", "/v1/admin/analytics/dashboard", token=setting.world.staff_token)
    mine = setting.http["admin"].asking(event).named("GigSta")
    runs = setting.runs(_READS)
    rows = await costs.compared(setting, base, mine, Target.DASHBOARD, of="", runs=runs, warmup=_WARMUP)
    with _profiled(uri) as profile:
        async with running(setting.bench, mine) as environment:
            await environment.invoke(mine.next_event(), mine.expect_status)
        examined = sum(row.get("docsExamined", 0) for row in profile())
    return Section(
        "The dashboard", _TEXT.format(rows=_WEEK_ROWS), rows, (Held(Target.DASHBOARD_DOCUMENTS, float(examined)),)
    )


async def _day(setting: Setting) -> Section:
    uri, day = setting.servers.mongodb_uri, datetime(2026, 3, 2, tzinfo=UTC)
    names = {name: f"figures_{count}" for name, count in zip((_SMALLEST, _LARGEST), _OTHERS, strict=True)}
    calls: dict[str, Callable[[], Awaitable[object]]] = {}
    async with contextlib.AsyncExitStack() as stack:
        for (name, database), others in zip(names.items(), _OTHERS, strict=True):
            migrate(uri, database)
            with MongoClient[dict[str, Any]](uri) as client:
                _fill(client, database, day, 1, _DAY_ROWS)
                _fill(client, database, day + timedelta(days=1), _OTHER_DAYS, others)
            calls[name] = _counting(await stack.enter_async_context(_opened(uri, database)), day)
        timings = await measure.in_turn(calls, runs=setting.runs(_COUNTS), warmup=5)
    return _compared(timings)


def _counting(container: Container, day: datetime) -> Callable[[], Awaitable[object]]:
    async def count() -> None:
        for area in Area:
            await container.metrics.metrics.save(await container.metrics.facts.count(area, day.date(), day))

    return count


def _compared(timings: dict[str, Timing]) -> Section:
    least, most = timings[_SMALLEST], timings[_LARGEST]
    text = _DAY_TEXT.format(rows=_DAY_ROWS, few=_OTHERS[0], many=_OTHERS[1])
    return Section(
        "Counting a day", text, [Row(_SMALLEST, least), compare(_LARGEST, most, least, Target.DAY_COUNT_GROWTH)]
    )


def _opened(uri: str, database: str) -> contextlib.AbstractAsyncContextManager[Container]:
    return operating({"MONGODB_URI": uri, "MONGODB_DATABASE": database})


@contextlib.contextmanager
def _profiled(uri: str) -> Any:
    """Let the server note what commands look at; gives what reads it."""
    with MongoClient[dict[str, Any]](uri) as client:
        database = client[DATABASE]
        database.drop_collection("system.profile")
        database.command("profile", 2)
        try:
            yield lambda: list(database["system.profile"].find({"ns": {"$not": {"$regex": "system.profile"}}}))
        finally:
            database.command("profile", 0)


def _fill(client: MongoClient[dict[str, Any]], database: str, since: datetime, days: int, count: int) -> None:
    """Store audit rows and lines of the ledger, spread over some days."""
    random, actions = Random(1), [each.name for each in TABLE]  # noqa: S311 - the same each time
    history, ledger = list[dict[str, Any]](), list[dict[str, Any]]()
    for number in range(count):
        at = since + timedelta(milliseconds=random.randrange(days * 86_400_000))
        booking_id = f"bkg_{database}_{since:%m%d}_{number}"
        if number % 2:
            actor = {"kind": "customer", "id": f"usr_{random.randrange(500)}"}
            moved = {"action": random.choice(actions), "from_status": "requested", "to_status": "accepted"}
            row = {"_id": new_id("his", at), "booking_id": booking_id, "version": 1, "actor": actor, "at": at, **moved}
            history.append({**row, "note": "z" * 120, "changed": {}})
        else:
            amount = {"amount": random.randrange(2_000, 40_000), "currency": "nzd"}
            row = {"_id": new_id("led", at), "booking_id": booking_id, "provider_id": "prv_1", "account": "stripe"}
            ledger.append({**row, "amount": amount, "reason": "capture", "at": at, "entry_id": "ent_1"})
    for name, rows in (("booking_history", history), ("ledger_entries", ledger)):
        for begin in range(0, len(rows), _BATCH):
            client[database][name].insert_many(rows[begin : begin + _BATCH], ordered=False)
