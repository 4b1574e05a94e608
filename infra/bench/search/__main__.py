"""Searching in markets of 10 000, 100 000 and 1 000 000 services: a part of the benchmarks, and a command."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from infra.bench import results
from infra.bench.search import slots
from infra.bench.search.markets import Market, build
from infra.bench.search.measuring import Measured, Searcher
from infra.bench.search.results import Results, write
from infra.bench.search.shapes import PLACES, SHAPES, around
from infra.bench.servers import running_mongod
from infra.build.targets import ROOT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from infra.bench.parts import Options

_CACHE_GB = 4.0
_SEARCHES = 60
_SIZES = (10_000, 100_000, 1_000_000)
DENSE = "the dense city"


def main(arguments: list[str]) -> int:
    """Measure, and write the results.

    Returns:
        0; figures that miss their targets are marked, not failed, because machines differ.
    """
    parser = argparse.ArgumentParser(prog="python -m infra.bench.search", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(_SIZES), help="numbers of services, rising")
    parser.add_argument("--searches", type=int, default=_SEARCHES, help="different searches of each kind")
    parser.add_argument("--output", type=Path, default=ROOT / "docs", help="folder of the results")
    parser.add_argument("--folder", type=Path, help="where the database keeps its files; by default a temporary folder")
    chosen = parser.parse_args(arguments)
    _search(chosen.sizes, chosen.searches, chosen.output, chosen.folder)
    return 0


async def run(options: Options) -> results.Measured:
    """Measure searching; only a full run replaces the kept page, a moderate one prints its own.

    Args:
        options: How the benchmarks were asked for.
    """
    options.say("searching")
    searches = options.runs(_SEARCHES)
    # The searched application has a loop of its own, which does not run inside another.
    if options.is_full:
        figures = await asyncio.to_thread(_search, _SIZES, searches, options.output)
    else:
        with tempfile.TemporaryDirectory(prefix="gigsta-bench-") as folder:
            figures = await asyncio.to_thread(_search, _SIZES[:-1], searches, Path(folder))
            print((Path(folder) / "benchmarks-search.md").read_text())
    return results.Measured([results.Section("Searching", "", figures=tuple(figures))])


def _search(sizes: Sequence[int], searches: int, output: Path, folder: Path | None = None) -> list[results.Held]:
    cpu, found = slots.measure()
    with (
        tempfile.TemporaryDirectory(prefix="gigsta-bench-", dir=folder) as own,
        running_mongod(Path(own), cache_gb=_CACHE_GB) as uri,
    ):
        found_in, markets = _measure(uri, sizes, searches)
        return write(found_in, markets, cpu, found, output)


def _measure(uri: str, sizes: Sequence[int], searches: int) -> tuple[Results, list[Market]]:
    markets = []
    for size in sizes:
        _say(f"building a market of {size:,} services")
        markets.append(build(uri, size, with_metropolis=size == sizes[-1], say=_say))
        _say(f"it took {markets[-1].seconds:.0f} s")
    found: Results = {}
    for market in markets:
        found[f"{market.size:,} services"] = _shapes(uri, market.database, "town", searches)
    found[DENSE] = _shapes(uri, markets[-1].database, "dense city", searches)
    return found, markets


def _shapes(uri: str, database: str, place: str, searches: int) -> dict[str, Measured]:
    points = around(PLACES[place], searches)
    searcher = Searcher(uri, database)
    found = {}
    try:
        for shape in SHAPES:
            if shape.needs_providers and place != "town":
                continue
            started = time.monotonic()
            found[shape.name] = searcher.measure([f"{point}&{shape.query}" for point in points])
            _say(f"{database}, {place}, {shape.name}: {time.monotonic() - started:.0f} s")
    finally:
        searcher.close()
    return found


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
