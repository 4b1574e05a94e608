"""Command line of the benchmarks: measures, writes ``docs/benchmarks*``, and holds the figures to their targets."""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from infra.bench.core import run as core
from infra.bench.crowd.part import run as crowd
from infra.bench.growth.part import run as growth
from infra.bench.hotspots import run as hotspots
from infra.bench.matching.part import run as matching
from infra.bench.parts import Options, Part
from infra.bench.results import State, judge
from infra.bench.search.__main__ import run as search
from infra.build.targets import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping

PARTS: Mapping[str, Part] = {
    "core": core,
    "search": search,
    "crowd": crowd,
    "growth": growth,
    "matching": matching,
    "hotspots": hotspots,
}
_STARTED = time.monotonic()


def main() -> int:
    """Run what was asked for.

    Returns:
        0, or 1 with ``--check`` where a target was missed or not measured. Without it what was missed is printed only,
        because machines differ.
    """
    parser = argparse.ArgumentParser(prog="python -m infra.bench", description=__doc__)
    parser.add_argument("--check", action="store_true", help="run everything; fail if a target is missed or unmeasured")
    parser.add_argument("--parts", nargs="+", choices=list(PARTS), help="only these")
    parser.add_argument("--full", action="store_true", help="also the sizes that take long")
    parser.add_argument("--scale", type=float, default=1.0, help="multiplies the number of runs; below 1 is a trial")
    parser.add_argument("--output", type=Path, default=ROOT / "docs", help="folder of the results")
    chosen = parser.parse_args()
    chosen.output.mkdir(parents=True, exist_ok=True)
    options = Options(chosen.output, chosen.scale, chosen.full or chosen.check, _say)
    figures = []
    with asyncio.Runner() as runner:
        for name, part in PARTS.items():
            if name in (chosen.parts or PARTS):
                figures += runner.run(part(options)).figures
    verdicts = judge(figures)
    print(*verdicts, sep="\n")
    _say("done")
    return int(chosen.check and any(each.state is not State.MET for each in verdicts))


def _say(what: str) -> None:
    """Print a line of progress."""
    print(f"{time.monotonic() - _STARTED:5.0f} s  {what} …", flush=True)


if __name__ == "__main__":
    sys.exit(main())
