"""The core of the benchmarks: starts, requests and workers, each beside its baseline."""

from __future__ import annotations

import itertools
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from bson import json_util

from infra.bench import capture, lifecycle, measure, sections
from infra.bench.environments import Bench
from infra.bench.identity_routes import identity_routes
from infra.bench.identity_timing import identity_timing
from infra.bench.identity_writes import identity_writes
from infra.bench.results import Measured
from infra.bench.servers import running_servers
from infra.bench.world import DATABASE, make_world
from infra.build import builder, files, targets
from infra.build.targets import ROOT
from infra.local.ministack import server as ministack

if TYPE_CHECKING:
    from infra.bench.parts import Options

_ATTEMPTS = 200
_FLOORS = ROOT / "infra" / "bench" / "baselines"


async def run(options: Options) -> Measured:
    """Measure everything that needs one small world.

    Args:
        options: How the benchmarks were asked for.
    """
    with tempfile.TemporaryDirectory(prefix="gigsta-bench-") as folder:
        return await _run(Path(folder), options)


async def _run(folder: Path, options: Options) -> Measured:
    target = targets.local()
    interpreter = builder.runtime_environment(target)
    built = builder.build(target)
    baselines = _compiled_baselines(folder)
    say = options.say
    async with running_servers(folder) as servers:
        world = await make_world(servers.mongodb_uri, servers.stripe_url, servers.queue_url)
        environment = {**world.environment, **ministack.function_environment(servers.aws_url)}
        bench = Bench(interpreter, built.layer / "python", environment)
        numbers = itertools.count(1)
        booking_id = await sections.first_booking(bench, world, built.functions, next(numbers))
        documents = folder / "booking.json"
        documents.write_text(json_util.dumps(capture.documents_of(servers.mongodb_uri, DATABASE, booking_id)))
        setting = sections.Setting(
            bench, servers, world, built.functions, baselines, folder, booking_id, documents, options
        )
        say("cold starts")
        tables = await sections.cold(setting)
        say("warm requests")
        tables += await sections.warm(setting)
        say("identity's routes")
        tables += [await identity_routes(setting), await identity_writes(setting), await identity_timing(setting)]
        say("beside Beanie")
        tables += await sections.beside_beanie(setting, numbers)
        say("acting on bookings")
        tables.append(await lifecycle.acting(setting))
        say("many for one slot")
        counts, taken = await measure.race(world, _ATTEMPTS, next(numbers))
        say("sweeping due bookings")
        swept = await lifecycle.sweeping(setting)
    answers = ", ".join(f"{count} x {status}" for status, count in sorted(counts.items()))
    facts = {f"{_ATTEMPTS} simultaneous bookings of one slot": f"{answers}, in {taken:.0f} ms together"} | swept
    return Measured(tables, facts)


def _compiled_baselines(folder: Path) -> Path:
    """A copy of the baselines with byte-code, as Lambda would have them."""
    root = folder / "baselines"
    for package in (root / "infra", root / "infra" / "bench"):
        package.mkdir(parents=True)
        (package / "__init__.py").touch()
    files.replace_tree(_FLOORS, root / "infra" / "bench" / "baselines")
    files.compile_tree(root, Path(sys.executable))
    return root
