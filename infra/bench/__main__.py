"""Command line of the benchmarks: measures, saves ``docs/benchmarks.json`` and draws ``docs/benchmarks.md``."""

from __future__ import annotations

import argparse
import asyncio
import itertools
import sys
import tempfile
from pathlib import Path

from bson import json_util

from infra.bench import capture, measure, report, sections
from infra.bench.environments import Bench
from infra.bench.servers import running_servers
from infra.bench.world import DATABASE, make_world
from infra.build import builder, files, targets
from infra.build.targets import ROOT
from infra.local import ministack

_ATTEMPTS = 200
_FLOORS = ROOT / "infra" / "bench" / "floors"


def main() -> int:
    """Run everything once.

    Returns:
        0; figures that miss their targets are marked, not failed, because machines differ.
    """
    parser = argparse.ArgumentParser(prog="python -m infra.bench", description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="multiplies the number of runs")
    parser.add_argument("--output", type=Path, default=ROOT / "docs", help="folder of the results")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="gigsta-bench-") as folder, asyncio.Runner() as runner:
        runner.run(_run(Path(folder), chosen.scale, chosen.output))
    return 0


async def _run(folder: Path, scale: float, output: Path) -> None:
    target = targets.local()
    interpreter = builder.runtime_environment(target)
    built = builder.build(target)
    floors = _compiled_floors(folder)
    async with running_servers(folder) as servers:
        world = await make_world(servers.mongodb_uri, servers.stripe_url, servers.queue_url)
        environment = {**world.environment, **ministack.function_environment(servers.aws_url)}
        bench = Bench(interpreter, built.layer / "python", environment)
        numbers = itertools.count(1)
        booking_id = await sections.first_booking(bench, world, built.functions, next(numbers))
        documents = folder / "booking.json"
        documents.write_text(json_util.dumps(capture.documents_of(servers.mongodb_uri, DATABASE, booking_id)))
        setting = sections.Setting(bench, servers, world, built.functions, floors, folder, booking_id, documents, scale)
        print("cold starts …", flush=True)
        tables = await sections.cold(setting)
        print("warm requests …", flush=True)
        tables += await sections.warm(setting)
        print("beside Beanie …", flush=True)
        tables += await sections.beside_beanie(setting, numbers)
        counts, taken = await measure.race(world, _ATTEMPTS, next(numbers))
    answers = ", ".join(f"{count} x {status}" for status, count in sorted(counts.items()))
    facts = {f"{_ATTEMPTS} simultaneous bookings of one slot": f"{answers}, in {taken:.0f} ms together"}
    report.write_json(tables, facts, output / "benchmarks.json")
    report.plot(tables, output / "benchmarks.svg")
    page = report.as_markdown(tables, facts, "benchmarks.svg")
    (output / "benchmarks.md").write_text(page)
    print(page)


def _compiled_floors(folder: Path) -> Path:
    """A copy of the floors with byte-code, as Lambda would have them."""
    root = folder / "floors"
    for package in (root / "infra", root / "infra" / "bench"):
        package.mkdir(parents=True)
        (package / "__init__.py").touch()
    files.replace_tree(_FLOORS, root / "infra" / "bench" / "floors")
    files.compile_tree(root, Path(sys.executable))
    return root


if __name__ == "__main__":
    sys.exit(main())
