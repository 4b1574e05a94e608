"""Command line of the benchmarks: measures, writes ``docs/benchmarks*``, and holds the figures to their targets."""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from pathlib import Path

from infra.bench import core, report
from infra.bench.crowd.part import run as crowd
from infra.bench.growth.part import run as growth
from infra.bench.parts import Options, Part
from infra.bench.results import State, judge
from infra.bench.search.__main__ import run as search
from infra.build.targets import ROOT

PARTS = (
    Part("core", "benchmarks", "Benchmarks", core.run),
    Part("search", "benchmarks-search", "Searching, against the size of the marketplace", search, writes_itself=True),
    Part("crowd", "benchmarks-crowd", "Many at once", crowd, writes_itself=True),
    Part("growth", "benchmarks-growth", "Bookings, against the size of the marketplace", growth, writes_itself=True),
)
_STARTED = time.monotonic()


def main() -> int:
    """Run what was asked for.

    Returns:
        0, or 1 with ``--check`` where a target was missed or not measured. Without it what was missed is printed only,
        because machines differ.
    """
    parser = argparse.ArgumentParser(prog="python -m infra.bench", description=__doc__)
    parser.add_argument("--check", action="store_true", help="run everything; fail if a target is missed or unmeasured")
    parser.add_argument("--parts", nargs="+", choices=[part.name for part in PARTS], help="only these")
    parser.add_argument("--full", action="store_true", help="also the sizes and parts that take long")
    parser.add_argument("--scale", type=float, default=1.0, help="multiplies the number of runs; below 1 is a trial")
    parser.add_argument("--output", type=Path, default=ROOT / "docs", help="folder of the results")
    chosen = parser.parse_args()
    is_full = chosen.full or chosen.check
    options = Options(chosen.output, chosen.scale, is_full, _say)
    parts = [part for part in PARTS if (part.name in chosen.parts if chosen.parts else is_full or not part.is_long)]
    figures = []
    with asyncio.Runner() as runner:
        for part in parts:
            measured = runner.run(part.run(options))
            if not part.writes_itself:
                report.write(part, measured, options)
                print((options.output / f"{part.page}.md").read_text())
            figures += measured.figures
    verdicts = judge(figures)
    print(*verdicts, sep="\n")
    _say("done")
    return int(chosen.check and any(each.state is not State.MET for each in verdicts))


def _say(what: str) -> None:
    """Print a line of progress."""
    print(f"{time.monotonic() - _STARTED:5.0f} s  {what} …", flush=True)


if __name__ == "__main__":
    sys.exit(main())
