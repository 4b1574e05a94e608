"""One table each."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import httpx
from bson import json_util

from infra.bench import capture, measure, subjects, workers
from infra.bench.environments import Bench, Subject, http_event, running
from infra.bench.results import Row, Section, compare
from infra.bench.servers import Servers, running_beanie
from infra.bench.targets import Target
from infra.bench.world import DATABASE, World

if TYPE_CHECKING:
    import itertools
    from pathlib import Path

    from infra.bench.parts import Options

_CREATED = 201
_COLD_TEXT = "From the start of the process to its first answer, by AWS's own runtime client, secrets given by value."


@dataclass(frozen=True)
class Setting:
    """Where the tables' figures come from.

    Attributes:
        bench: The environments.
        servers: The servers.
        world: What requests are made with.
        functions: Folder of the built functions.
        baselines: Folder of the compiled baselines.
        folder: For files of the run.
        booking_id: A booking that was made beforehand.
        documents: What it wrote.
        options: How the benchmarks were asked for.
    """

    bench: Bench
    servers: Servers
    world: World
    functions: Path
    baselines: Path
    folder: Path
    booking_id: str
    documents: Path
    options: Options

    @property
    def http(self) -> list[Subject]:
        """Every HTTP function."""
        return subjects.http_subjects(self.functions, self.world, self.booking_id)

    def runs(self, number: int) -> int:
        """The number of runs that were asked for."""
        return self.options.runs(number)


async def cold(setting: Setting) -> list[Section]:
    """Cold starts beside a static handler."""
    static = subjects.baseline(setting.baselines, "static", http_event("GET", "/"))
    driver = subjects.baseline(setting.baselines, "worker", {})
    light, real = workers.light(setting), workers.real(setting)
    measured = [static, driver, *setting.http, *light, *real]
    timings = await measure.cold_starts(setting.bench, measured, setting.runs(9))
    baseline = timings[static.name]

    def rows(some: list[Subject]) -> list[Row]:
        return [compare(each.name, timings[each.name], baseline) for each in some]

    base = Row(static.name, baseline)
    worker_rows = [base, *rows([driver]), *rows(light), *rows(real)]
    return [
        Section("Cold start: HTTP functions", _COLD_TEXT, [base, *rows(setting.http)]),
        Section("Cold start: workers", f"{_COLD_TEXT} {workers.TEXT}", worker_rows),
    ]


async def warm(setting: Setting) -> list[Section]:
    """Each function's request beside the same commands by the bare driver."""
    text = (
        "One request in a warm environment, beside a bare handler that sends the same commands to the database; a "
        "webhook's baseline verifies the signature, stores the event and queues its id."
    )
    section = Section("Warm request", text)
    for subject in setting.http:
        candidates = [subject, await _baseline_of(setting, subject)]
        timings = await measure.warm(setting.bench, candidates, runs=setting.runs(400), warmup=30)
        mine, baseline = (timings[each.name] for each in candidates)
        section.rows.append(Row(f"{subject.name}: baseline", baseline))
        section.rows.append(compare(_label(subject), mine, baseline, Target.WARM_READ, of=subject.name))
    return [section]


async def _baseline_of(setting: Setting, subject: Subject) -> Subject:
    """The baseline that replays what one warm request of the subject reads, or does a webhook's work."""
    if subject.name == "webhooks":
        return replace(subjects.baseline(setting.baselines, "webhook", {}), fresh=subject.fresh)
    async with running(setting.bench, subject) as environment:
        for _ in range(3):
            await environment.invoke(subject.event, subject.expect_status)
        with capture.profiled(setting.servers.mongodb_uri, DATABASE) as commands:
            await environment.invoke(subject.event, subject.expect_status)
    path = setting.folder / f"{subject.name}.json"
    path.write_text(json_util.dumps(commands))
    return subjects.baseline(setting.baselines, "replay", dict(subject.event), BENCH_COMMANDS=str(path))


async def beside_beanie(setting: Setting, numbers: itertools.count[int]) -> list[Section]:
    """Reading a service and making a booking, beside their baselines and FastAPI with Beanie on uvicorn."""
    world = setting.world
    environment = {**world.environment, "BENCH_DOCUMENTS": str(setting.documents)}
    with running_beanie(setting.folder, environment) as url:
        async with httpx.AsyncClient(base_url=url, timeout=30) as beanie:
            return [await _read(setting, beanie), await _book(setting, beanie, numbers)]


async def _read(setting: Setting, beanie: httpx.AsyncClient) -> Section:
    path = f"/v1/services/{setting.world.service.id}"
    ours = next(s for s in setting.http if s.name == "providers")
    bare = await _baseline_of(setting, ours)
    async with running(setting.bench, ours) as mine, running(setting.bench, bare) as baseline:

        async def by_beanie() -> None:
            (await beanie.get(path)).raise_for_status()

        timings = await measure.in_turn(
            {
                "baseline": lambda: baseline.invoke(bare.event),
                "GigSta": lambda: mine.invoke(ours.event, 200),
                "FastAPI + Beanie on uvicorn": by_beanie,
            },
            runs=setting.runs(400),
            warmup=30,
        )
    text = "`GET /v1/services/{id}`: ours through the runtime client, Beanie's over HTTP from one client."
    return _section("Reading a service, beside Beanie", text, timings, {})


async def _book(setting: Setting, beanie: httpx.AsyncClient, numbers: itertools.count[int]) -> Section:
    world = setting.world
    ours = next(s for s in setting.http if s.name == "bookings")
    extra = {"BENCH_DOCUMENTS": str(setting.documents)}
    writes = replace(subjects.baseline(setting.baselines, "book", {}, **extra), name="baseline: writes only")
    whole = subjects.baseline(setting.baselines, "book", {}, **extra, BENCH_STRIPE=setting.servers.stripe_url)

    def bare() -> dict[str, object]:
        number = next(numbers)
        return measure.bare_request(world, number, f"bkg_bench{number:06d}")

    async with (
        running(setting.bench, ours) as mine,
        running(setting.bench, writes) as baseline,
        running(setting.bench, whole) as with_stripe,
    ):

        async def by_beanie() -> None:
            (await beanie.post("/v1/bookings", json=bare())).raise_for_status()

        timings = await measure.in_turn(
            {
                "baseline: reads and writes": lambda: baseline.invoke(_post(world, bare())),
                "baseline: with the call to Stripe": lambda: with_stripe.invoke(_post(world, bare())),
                "GigSta": lambda: mine.invoke(_post(world, measure.booking_request(world, next(numbers))), _CREATED),
                "FastAPI + Beanie on uvicorn": by_beanie,
            },
            runs=setting.runs(120),
            warmup=10,
        )
    text = (
        "`POST /v1/bookings`. The baselines write what our request writes, in one transaction; the second one, base of "
        "the ratios, and Beanie also open the payment at the local Stripe. Only ours checks token, slot and rules, "
        "records the payment in a second transaction, and publishes its events."
    )
    return _section(
        "Making a booking", text, timings, {"GigSta": Target.CREATE}, base="baseline: with the call to Stripe"
    )


async def first_booking(bench: Bench, world: World, functions: Path, number: int) -> str:
    """Make one booking, whose documents others then write again; returns its id."""
    ours = next(s for s in subjects.http_subjects(functions, world, "") if s.name == "bookings")
    async with running(bench, ours) as environment:
        answer = await environment.invoke(_post(world, measure.booking_request(world, number)), _CREATED)
    return str(json.loads(answer["body"])["id"])


def _post(world: World, body: dict[str, object]) -> dict[str, Any]:
    return http_event("POST", "/v1/bookings", token=world.token, body=body)


def _section(
    title: str, text: str, timings: dict[str, Any], targets: dict[str, Target], base: str | None = None
) -> Section:
    baseline = timings[base or next(iter(timings))]
    rows = [
        Row(name, timing) if timing is baseline else compare(name, timing, baseline, targets.get(name))
        for name, timing in timings.items()
    ]
    return Section(title, text, rows)


def _label(subject: Subject) -> str:
    request = subject.event["requestContext"]["http"]
    return f"{subject.name}: {request['method']} {request['path']}"
