"""``python -m infra.bench.search``: measure searching in markets of 10 000, 100 000 and 1 000 000 services."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from infra.bench.search import slots
from infra.bench.search.markets import build
from infra.bench.search.measuring import Measured, Searcher
from infra.bench.search.results import Results, write
from infra.bench.search.shapes import IN_METROPOLIS, IN_TOWN, SHAPES
from infra.build.targets import ROOT
from infra.local import mongod, ports

_CACHE_GB = 4.0
_RUNS = 300
_SIZES = (10_000, 100_000, 1_000_000)


def main(arguments: list[str]) -> int:
    """Measure, and write the results.

    Returns:
        0; figures that miss their targets are marked, not failed, because machines differ.
    """
    parser = argparse.ArgumentParser(prog="python -m infra.bench.search", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(_SIZES), help="numbers of services, rising")
    parser.add_argument("--runs", type=int, default=_RUNS, help="requests of each kind")
    parser.add_argument("--output", type=Path, default=ROOT / "docs", help="folder of the results")
    parser.add_argument("--folder", type=Path, help="where the database keeps its files; by default a temporary folder")
    chosen = parser.parse_args(arguments)
    cpu, found = slots.measure()
    with tempfile.TemporaryDirectory(prefix="gigsta-bench-", dir=chosen.folder) as folder:
        server = mongod.launch(Path(folder), ports.free_port(), cache_gb=_CACHE_GB)
        try:
            server.wait_ready()
            write(_measure(server.uri, chosen.sizes, chosen.runs), cpu, found, chosen.output)
        finally:
            server.stop()
    return 0


def _measure(uri: str, sizes: list[int], runs: int) -> Results:
    results: Results = {}
    databases = {}
    for size in sizes:
        _say(f"building a market of {size} services")
        databases[size] = build(uri, size, with_metropolis=size == sizes[-1], say=_say)
    for size, database in databases.items():
        results[f"{size:,} services"] = _shapes(uri, database, IN_TOWN, runs)
    results["the dense city"] = _shapes(uri, databases[sizes[-1]], IN_METROPOLIS, runs)
    return results


def _shapes(uri: str, database: str, place: str, runs: int) -> dict[str, Measured]:
    searcher = Searcher(uri, database)
    try:
        return {shape.name: searcher.measure(f"{place}&{shape.query}", runs) for shape in SHAPES}
    finally:
        searcher.close()


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
