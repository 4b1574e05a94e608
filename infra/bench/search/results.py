"""The figures as a page, as JSON, and as a plot of cost against size."""

from __future__ import annotations

import json
import os
import platform
from typing import TYPE_CHECKING

import matplotlib as mpl

from infra.bench.search.shapes import MAIN, SHAPES
from infra.bench.search.slots import BOOKINGS, DAYS

if TYPE_CHECKING:
    from pathlib import Path

    from infra.bench.search.measuring import Measured
    from infra.bench.statistics import Timing

Results = dict[str, dict[str, "Measured"]]
_GROWTH_TARGET, _P99_TARGET, _BARE_TARGET, _EXAMINED_TARGET = 2.0, 5.0, 2.0, 50.0


def write(results: Results, slots: Timing, found: int, output: Path) -> None:
    """Write ``benchmarks-search.json``, ``.md`` and ``.svg``.

    Args:
        results: By market and by shape; the markets from the smallest to the largest, then the dense city.
        slots: CPU of four weeks of slots.
        found: How many they are.
        output: The folder.
    """
    document = {
        "machine": {"cores": os.cpu_count(), "python": platform.python_version()},
        "slots": {**slots.as_json(), "slots": found},
        "markets": {
            market: {shape: measured.as_json() for shape, measured in shapes.items()}
            for market, shapes in results.items()
        },
    }
    (output / "benchmarks-search.json").write_text(json.dumps(document, indent=2) + "\n")
    (output / "benchmarks-search.md").write_text(_page(results, slots, found))
    _plot(results, output / "benchmarks-search.svg")


def _page(results: Results, slots: Timing, found: int) -> str:
    markets = list(results)
    sizes, dense = markets[:-1], markets[-1]
    first, last = results[sizes[0]][MAIN.name], results[sizes[-1]][MAIN.name]
    growth = last.request.median_ms / first.request.median_ms
    tail = last.request.p99_ms / last.request.median_ms
    lines = [
        "# Searching, against the size of the marketplace",
        "",
        "Made by `python -m infra.bench.search`. The town has the same services in each size; the dense city has about",
        "fifty thousand providers within ten kilometres, in the largest. Times are milliseconds of a warm request,",
        "handler in and JSON out; *bare* is the very same database commands by the bare driver with `json.dumps`.",
        "",
        f"- {MAIN.name}, largest to smallest: **{growth:.2f}x** (target {_GROWTH_TARGET:g}x)",
        f"- its 99th percentile to its median: **{tail:.2f}x** (target {_P99_TARGET:g}x)",
        f"- to the bare driver: **{last.request.median_ms / last.bare.median_ms:.2f}x** (target {_BARE_TARGET:g}x)",
        f"- {DAYS} days of slots ({found}) with {BOOKINGS} bookings, CPU: **{slots.median_ms:.2f} ms** (target 5 ms)",
        "",
        "![Cost against size](benchmarks-search.svg)",
    ]
    for market in (*sizes, dense):
        lines += ["", f"## {market}", "", "| search | median | p99 | bare | ratio | examined | returned | each |"]
        lines.append("|---|---:|---:|---:|---:|---:|---:|---:|")
        lines += [_line(shape, measured) for shape, measured in results[market].items()]
    return "\n".join(lines) + "\n"


def _line(shape: str, measured: Measured) -> str:
    request, bare = measured.request, measured.bare
    missed = " **missed**" if measured.examined_each > _EXAMINED_TARGET else ""
    return (
        f"| {shape} | {request.median_ms:.2f} | {request.p99_ms:.2f} | {bare.median_ms:.2f} "
        f"| {request.median_ms / bare.median_ms:.2f} | {measured.examined} | {measured.returned} "
        f"| {measured.examined_each:.1f}{missed} |"
    )


def _plot(results: Results, path: Path) -> None:
    from matplotlib.figure import Figure

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "gigsta"
    sizes = list(results)[:-1]
    figure = Figure(figsize=(9, 4.5), layout="constrained")
    axis = figure.subplots()
    for shape in SHAPES:
        medians = [results[size][shape.name].request.median_ms for size in sizes]
        axis.plot(sizes, medians, marker="o", label=shape.name)
    axis.set_ylim(bottom=0)
    axis.set_ylabel("median of a warm request, ms")
    axis.set_title("What a search costs as the marketplace grows", loc="left", fontsize=10)
    axis.legend(fontsize=8, frameon=False)
    axis.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, metadata={"Date": None})
