"""The core of the benchmarks: starts, requests and workers, each beside its baseline."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from bson import json_util

from infra.bench import building, capture, lifecycle, measure, plots, report, subjects
from infra.bench.asking import asking
from infra.bench.bookings import acting, creating, first_booking, reading
from infra.bench.conversations import conversing
from infra.bench.deals import dealing
from infra.bench.figures import figures
from infra.bench.identity_timing import identity_timing
from infra.bench.identity_writes import identity_writes
from infra.bench.photographs import photographs
from infra.bench.public_reports import public_reports
from infra.bench.reading import warm
from infra.bench.realtime import seeing
from infra.bench.results import Measured
from infra.bench.servers import running_servers
from infra.bench.setting import Setting
from infra.bench.starting import first_messages, init, restore
from infra.bench.world import DATABASE, make_world

if TYPE_CHECKING:
    from infra.bench.parts import Options

_ATTEMPTS = 200
_RATIOS, _WATERFALL = "benchmarks.svg", "benchmarks-booking.svg"


async def run(options: Options) -> Measured:
    """Measure everything that needs one small world, and write its page.

    Args:
        options: How the benchmarks were asked for.
    """
    with tempfile.TemporaryDirectory(prefix="gigsta-bench-") as folder:
        return await _run(Path(folder), options)


async def _run(folder: Path, options: Options) -> Measured:
    built, say = building.build(folder), options.say
    async with running_servers(folder) as servers:
        world = await make_world(servers.mongodb_uri, servers.stripe_url, servers.queue_url)
        bench = built.bench(servers, world, world)
        bookings = subjects.http_subjects(built.functions, world, "")["bookings"]
        booking_id = await first_booking(bench, bookings, world)
        documents = folder / "booking.json"
        documents.write_text(json_util.dumps(capture.documents_of(servers.mongodb_uri, DATABASE, booking_id)))
        setting = Setting(bench, servers, world, built.functions, folder, booking_id, documents, options)
        say("making bookings")
        made, traces = await creating(setting)
        say("acting on bookings")
        tables = [made, await acting(setting)]
        say("reading, beside Beanie")
        tables += await reading(setting)
        say("asking providers")
        tables += await asking(setting)
        say("describing jobs and accepting offers")
        tables += await dealing(setting)
        say("conversations")
        tables += await conversing(setting)
        say("photographs")
        tables += await photographs(setting)
        say("reports")
        tables += await public_reports(setting)
        say("realtime")
        tables += await seeing(setting)
        say("warm requests")
        tables.append(await warm(setting))
        say("identity's routes")
        tables += [await identity_writes(setting), await identity_timing(setting)]
        say("restores")
        tables.append(await restore(setting))
        say("initializations")
        tables.append(await init(setting))
        say("workers")
        tables.append(await first_messages(setting))
        say("many for one slot")
        counts, taken = await measure.race(world, _ATTEMPTS, next(setting.slots))
        say("sweeping due bookings")
        tables.append(await lifecycle.sweeping(setting))
        say("figures")
        tables += await figures(setting)
    answers = ", ".join(f"{count} x {status}" for status, count in sorted(counts.items()))
    facts = {f"{_ATTEMPTS} simultaneous bookings of one slot": f"{answers}, in {taken:.0f} ms together"}
    plots.waterfall(traces, options.output / _WATERFALL)
    plots.ratios(tables, options.output / _RATIOS)
    shown = {_RATIOS: "Ratios beside their targets", _WATERFALL: "Where a booking's time goes"}
    measured = Measured(tables, facts, shown)
    report.write(measured, options)
    return measured
