"""Command line of the benchmarks: measures, saves ``docs/benchmarks.json`` and draws ``docs/benchmarks.md``."""

from __future__ import annotations

import argparse
import asyncio
import itertools
import sys
import tempfile
import time
from pathlib import Path

from bson import json_util

from infra.bench import capture, lifecycle, measure, report, sections
from infra.bench.environments import Bench
from infra.bench.identity_routes import identity_routes
from infra.bench.identity_timing import identity_timing
from infra.bench.identity_writes import identity_writes
from infra.bench.search import __main__ as search
from infra.bench.servers import running_servers
from infra.bench.world import DATABASE, make_world
from infra.build import builder, files, targets
from infra.build.targets import ROOT
from infra.local.ministack import server as ministack

_ATTEMPTS = 200
#: Services in the markets that are searched: in every run, and with ``--full``.
_MARKETS, _FULL_MARKETS = (10_000, 100_000), (10_000, 100_000, 1_000_000)
_STARTED = time.monotonic()
_FLOORS = ROOT / "infra" / "bench" / "baselines"


def main() -> int:
    """Run everything once.

    Returns:
        0; figures that miss their targets are marked, not failed, because machines differ.
    """
    parser = argparse.ArgumentParser(prog="python -m infra.bench", description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="multiplies the number of runs")
    parser.add_argument("--output", type=Path, default=ROOT / "docs", help="folder of the results")
    parser.add_argument("--full", action="store_true", help="also search a million services, and keep the page")
    parser.add_argument("--without-search", action="store_true", help="leave the searches out")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="gigsta-bench-") as folder, asyncio.Runner() as runner:
        runner.run(_run(Path(folder), chosen.scale, chosen.output))
    if not chosen.without_search:
        _search(chosen.output, is_full=chosen.full)
    _say("done")
    return 0


def _search(output: Path, *, is_full: bool) -> None:
    """Measure searches; only a full run replaces the kept page, a moderate one prints its own."""
    _say("searching")
    if is_full:
        search.main(["--sizes", *map(str, _FULL_MARKETS), "--output", str(output)])
        return
    with tempfile.TemporaryDirectory(prefix="gigsta-bench-") as folder:
        search.main(["--sizes", *map(str, _MARKETS), "--output", folder])
        print((Path(folder) / "benchmarks-search.md").read_text())


def _say(what: str) -> None:
    """Print a line of progress."""
    print(f"{time.monotonic() - _STARTED:5.0f} s  {what} …", flush=True)


async def _run(folder: Path, scale: float, output: Path) -> None:
    target = targets.local()
    interpreter = builder.runtime_environment(target)
    built = builder.build(target)
    baselines = _compiled_baselines(folder)
    async with running_servers(folder) as servers:
        world = await make_world(servers.mongodb_uri, servers.stripe_url, servers.queue_url)
        environment = {**world.environment, **ministack.function_environment(servers.aws_url)}
        bench = Bench(interpreter, built.layer / "python", environment)
        numbers = itertools.count(1)
        booking_id = await sections.first_booking(bench, world, built.functions, next(numbers))
        documents = folder / "booking.json"
        documents.write_text(json_util.dumps(capture.documents_of(servers.mongodb_uri, DATABASE, booking_id)))
        setting = sections.Setting(
            bench, servers, world, built.functions, baselines, folder, booking_id, documents, scale
        )
        _say("cold starts")
        tables = await sections.cold(setting)
        _say("warm requests")
        tables += await sections.warm(setting)
        _say("identity's routes")
        tables += [await identity_routes(setting), await identity_writes(setting), await identity_timing(setting)]
        _say("beside Beanie")
        tables += await sections.beside_beanie(setting, numbers)
        _say("acting on bookings")
        tables.append(await lifecycle.acting(setting))
        _say("many for one slot")
        counts, taken = await measure.race(world, _ATTEMPTS, next(numbers))
        _say("sweeping due bookings")
        swept = await lifecycle.sweeping(setting)
    answers = ", ".join(f"{count} x {status}" for status, count in sorted(counts.items()))
    facts = {f"{_ATTEMPTS} simultaneous bookings of one slot": f"{answers}, in {taken:.0f} ms together"} | swept
    report.write_json(tables, facts, output / "benchmarks.json")
    report.plot(tables, output / "benchmarks.svg")
    page = report.as_markdown(tables, facts, "benchmarks.svg")
    (output / "benchmarks.md").write_text(page)
    print(page)


def _compiled_baselines(folder: Path) -> Path:
    """A copy of the baselines with byte-code, as Lambda would have them."""
    root = folder / "baselines"
    for package in (root / "infra", root / "infra" / "bench"):
        package.mkdir(parents=True)
        (package / "__init__.py").touch()
    files.replace_tree(_FLOORS, root / "infra" / "bench" / "baselines")
    files.compile_tree(root, Path(sys.executable))
    return root


if __name__ == "__main__":
    sys.exit(main())
