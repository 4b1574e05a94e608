"""The core of the benchmarks: starts, requests and workers, each beside its baseline."""

from __future__ import annotations

import importlib.util
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from bson import json_util

from infra.bench import capture, lifecycle, measure, plots, production, subjects
from infra.bench.bookings import acting, creating, first_booking, reading
from infra.bench.environments import Bench
from infra.bench.identity_timing import identity_timing
from infra.bench.identity_writes import identity_writes
from infra.bench.reading import warm
from infra.bench.results import Measured
from infra.bench.servers import running_servers
from infra.bench.setting import Setting
from infra.bench.starting import first_messages, init, restore
from infra.bench.world import DATABASE, make_world
from infra.build import builder, files, targets
from infra.build.targets import ROOT
from infra.local.ministack import server as ministack

if TYPE_CHECKING:
    from infra.bench.parts import Options

_ATTEMPTS = 200
_BENCH = ROOT / "infra" / "bench"
_RATIOS, _WATERFALL = "benchmarks.svg", "benchmarks-booking.svg"
#: What the peer needs besides the layer.
_OF_PEER = ("beanie", "lazy_model", "click")


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
    baselines = compiled_baselines(folder)
    say = options.say
    async with running_servers(folder) as servers:
        world = await make_world(servers.mongodb_uri, servers.stripe_url, servers.queue_url)
        production.publish_secrets(servers.aws_url, world.secrets)
        cloud = ministack.function_environment(servers.aws_url)
        ours, others = {**world.production, **cloud}, {**world.environment, **cloud}
        bench = Bench(interpreter, built.layer / "python", ours, others, baselines, folder / "functions.log")
        bookings = subjects.http_subjects(built.functions, world, "")
        booking_id = await first_booking(bench, next(each for each in bookings if each.name == "bookings"), world)
        documents = folder / "booking.json"
        documents.write_text(json_util.dumps(capture.documents_of(servers.mongodb_uri, DATABASE, booking_id)))
        setting = Setting(bench, servers, world, built.functions, folder, booking_id, documents, options)
        say("making bookings")
        made, traces = await creating(setting)
        say("acting on bookings")
        tables = [made, await acting(setting)]
        say("reading, beside Beanie")
        tables += await reading(setting)
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
    answers = ", ".join(f"{count} x {status}" for status, count in sorted(counts.items()))
    facts = {f"{_ATTEMPTS} simultaneous bookings of one slot": f"{answers}, in {taken:.0f} ms together"}
    plots.waterfall(traces, options.output / _WATERFALL)
    plots.ratios(tables, options.output / _RATIOS)
    return Measured(tables, facts, {_RATIOS: "Ratios beside their targets", _WATERFALL: "Where a booking's time goes"})


def compiled_baselines(folder: Path) -> Path:
    """A copy of the baselines and the peer, with Beanie, with byte-code, as Lambda would have them.

    Args:
        folder: Where to.
    """
    root = folder / "baselines"
    for package in (root / "infra", root / "infra" / "bench"):
        package.mkdir(parents=True)
        (package / "__init__.py").touch()
    for own in ("baselines", "peer"):
        files.replace_tree(_BENCH / own, root / "infra" / "bench" / own)
    for name in _OF_PEER:
        source = importlib.util.find_spec(name)
        if source is None or source.origin is None:
            raise RuntimeError(f"{name} is not installed; it comes with the group 'bench'")
        package = Path(source.origin).parent
        for source_folder in (package, *package.parent.glob(f"{name}-*.dist-info")):
            files.replace_tree(source_folder, root / source_folder.name)
    files.compile_tree(root, Path(sys.executable))
    return root
