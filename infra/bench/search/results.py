"""The figures as a page, as JSON, and as a plot of cost against size."""

from __future__ import annotations

import json
import os
import platform
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib.figure import Figure

from infra.bench.search.measuring import REPEATS
from infra.bench.search.shapes import MAIN, SHAPES
from infra.bench.search.slots import BOOKINGS, DAYS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from infra.bench.search.markets import Market
    from infra.bench.search.measuring import Measured
    from infra.bench.statistics import Timing

Results = dict[str, dict[str, "Measured"]]
_GROWTH_TARGET, _P99_TARGET, _BARE_TARGET, _EXAMINED_TARGET, _SLOTS_TARGET = 2.0, 5.0, 2.0, 50.0, 5.0
_INTRODUCTION = (
    "Made by `python -m infra.bench.search`. The town has the same services in each size; the dense city, in the",
    "largest, has about fifty thousand providers within ten kilometres. Each line is {searches} searches around as",
    f"many points; each is sent {REPEATS} times, warm, and its best time counts, which leaves out what else the",
    "machine does (*raw p99* leaves nothing out). Times are milliseconds, handler in and JSON out; *bare* is the very",
    "same database commands by the bare driver with `json.dumps`. *Each* is how many documents the database looked at",
    "for each one it gave, in the worst of the searches.",
)


def write(results: Results, markets: Sequence[Market], slots: Timing, found: int, output: Path) -> None:
    """Write ``benchmarks-search.json``, ``.md`` and ``.svg``.

    Args:
        results: By market and by shape; the markets from the smallest to the largest, then the dense city.
        markets: The markets, from the smallest to the largest.
        slots: CPU of four weeks of slots.
        found: How many they are.
        output: The folder.
    """
    document = {
        "machine": {"cores": os.cpu_count(), "python": platform.python_version(), "load": _load()},
        "slots": {**slots.as_json(), "slots": found},
        "loading": [market._asdict() for market in markets],
        "markets": {
            market: {shape: measured.as_json() for shape, measured in shapes.items()}
            for market, shapes in results.items()
        },
    }
    (output / "benchmarks-search.json").write_text(json.dumps(document, indent=2) + "\n")
    (output / "benchmarks-search.md").write_text(_page(results, markets, slots, found))
    plot(results, [market.size for market in markets], output / "benchmarks-search.svg")


def _page(results: Results, markets: Sequence[Market], slots: Timing, found: int) -> str:
    names = list(results)
    first, last = results[names[0]][MAIN.name], results[names[-2]][MAIN.name]
    every = [measured for shapes in results.values() for measured in shapes.values()]
    growth = last.request.median / first.request.median
    tail = max(measured.request.p99 / measured.request.median for measured in every)
    introduction = "\n".join(_INTRODUCTION).format(searches=last.request.searches)
    lines = [
        "# Searching, against the size of the marketplace",
        "",
        introduction,
        "",
        f"The machine has {os.cpu_count()} cores; {_load():.0f} were asked for in the last quarter of an hour.",
        "",
        f"- {MAIN.name}, largest to smallest: {_mark(growth, _GROWTH_TARGET)}",
        (
            f"- its p99 to its median, in the largest: {_mark(last.request.p99 / last.request.median, _P99_TARGET)}; "
            f"of any line below: {_mark(tail, _P99_TARGET)}"
        ),
        (
            f"- it to the bare driver, in the largest: {_mark(last.ratio, _BARE_TARGET)}; "
            f"of any line below: {_mark(max(measured.ratio for measured in every), _BARE_TARGET)}"
        ),
        "- documents looked at for each one given, of any search below: "
        + _mark(max(measured.worst for measured in every), _EXAMINED_TARGET, unit=""),
        f"- {DAYS} days of slots ({found}) with {BOOKINGS} bookings, CPU: "
        + _mark(slots.median_ms, _SLOTS_TARGET, unit=" ms"),
        *(
            f"- making {market.services:,} services, indexes included: {market.seconds:.0f} s, "
            f"{market.cpu_seconds:.0f} s of processor time, {market.index_bytes:.0f} bytes of indexes each"
            for market in markets
        ),
        "",
        "![Cost against size](benchmarks-search.svg)",
    ]
    for market in names:
        lines += [
            "",
            f"## {market}",
            "",
            "| search | median | p99 | raw p99 | bare | ratio | commands | items | each |",
        ]
        lines.append("|---|---:|---:|---:|---:|---:|---:|---:|---:|")
        lines += [_line(shape, measured) for shape, measured in results[market].items()]
    return "\n".join(lines) + "\n"


def _load() -> float:
    return round(os.getloadavg()[2], 1)


def _mark(value: float, target: float, unit: str = "x") -> str:
    missed = " **missed**" if value > target else ""
    return f"**{value:.2f}{unit}** (target {target:g}{unit}){missed}"


def _line(shape: str, measured: Measured) -> str:
    request = measured.request
    return (
        f"| {shape} | {request.median:.2f} | {request.p99:.2f} | {request.raw_p99:.2f} | {measured.bare.median:.2f} "
        f"| {measured.ratio:.2f} | {measured.commands:.1f} | {measured.items:.1f} | {measured.worst:.1f} |"
    )


def plot(results: Results, sizes: Sequence[int], path: Path) -> None:
    """Draw median and 99th percentile of each kind of search against the number of services.

    Args:
        results: As for ``write``.
        sizes: Of the markets, rising.
        path: An SVG, or a PNG to look at.
    """
    mpl.rcParams["svg.hashsalt"] = "gigsta"
    names = list(results)[: len(sizes)]
    figure = Figure(figsize=(10, 4.8), layout="constrained")
    axes: Any = figure.subplots(1, 2, sharey=True)
    for axis, what in zip(axes, ("median", "p99"), strict=True):
        for shape in SHAPES:
            costs = [getattr(results[name][shape.name].request, what) for name in names]
            axis.plot(sizes, costs, marker="o", markersize=4, label=shape.name)
        axis.set_xscale("log")
        axis.set_xticks(sizes, [f"{size:,}" for size in sizes])
        axis.set_xlabel("services in the marketplace")
        axis.minorticks_off()
        axis.set_title(what, loc="left", fontsize=10)
        axis.spines[["top", "right"]].set_visible(False)
    axes[0].set_ylim(bottom=0)
    axes[0].set_ylabel("a warm request, ms")
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside right center", fontsize=8, frameon=False)
    figure.suptitle("What a search in the same town costs as the marketplace grows", x=0.01, ha="left", fontsize=11)
    figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)
