"""Plots, drawn small: text stays text, and marks of a kind are one shape used many times."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from infra.bench.targets import Target

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from matplotlib.axes import Axes

    from infra.bench.results import Held, Section
    from infra.bench.trips import Command, Trace

_INK, _FAINT = "#334155", "#cbd5e1"
_MET, _MISSED = "#0f766e", "#b91c1c"
_KINDS = {"reads": "#0f766e", "writes": "#b45309", "commits": "#7c3aed", "asks others": "#64748b"}
_READS = frozenset({"find", "aggregate", "count", "getMore"})
_BAR = 0.72


def save(figure: Figure, path: Path) -> None:
    """Write a figure as an SVG whose text is text, the same bytes each time; a PNG where the name says so.

    Args:
        figure: What was drawn.
        path: Where to.
    """
    # Each text names its fonts, and matplotlib's own list of them is longer than the text.
    with mpl.rc_context(
        {
            "svg.fonttype": "none",
            "font.sans-serif": ["DejaVu Sans", "Verdana"],
            "svg.hashsalt": "gigsta",
            "path.simplify": True,
        }
    ):
        figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)


def ratios(sections: Iterable[Section], path: Path) -> None:
    """Draw each ratio that is held to a target as a dot, the target as a tick; missed ones in another colour.

    Args:
        sections: The tables.
        path: The file.
    """
    held = [each for section in sections for row in section.rows for each in row.figures]
    drawn = [each for each in Target if any(one.target is each for one in held) and each.limit.unit == "x"]
    groups = [(target, [one for one in held if one.target is target]) for target in drawn]
    number = sum(len(ones) + 1 for _, ones in groups)
    figure = Figure(figsize=(8, 0.24 * number + 0.6), layout="constrained")
    axes = figure.subplots()
    labels: list[tuple[int, str]] = []
    at = 0
    for target, ones in groups:
        axes.text(0.02, at, f"{target.limit.what} ({target.limit})", fontsize=8, color=_INK, va="center", weight="bold")
        rows = range(at + 1, at + 1 + len(ones))
        axes.vlines([target.limit.most] * len(ones), [y - 0.35 for y in rows], [y + 0.35 for y in rows], color=_INK)
        _dots(axes, rows, ones)
        labels += [(y, one.of) for y, one in zip(rows, ones, strict=True)]
        at += len(ones) + 1
    axes.set_yticks([y for y, _ in labels], [label for _, label in labels], fontsize=7)
    axes.set_ylim(at - 0.4, -0.6)
    axes.set_xlim(0, max(3.0, *(one.value * 1.08 for one in held)) if held else 3.0)
    _plain(axes, "times the baseline; a tick is the target")
    save(figure, path)


def _dots(axes: Axes, rows: Sequence[int], ones: Sequence[Held]) -> None:
    for is_met, colour in ((True, _MET), (False, _MISSED)):
        mine = [(one.value, y) for y, one in zip(rows, ones, strict=True) if one.is_met is is_met]
        if mine:
            axes.scatter([x for x, _ in mine], [y for _, y in mine], s=22, color=colour, zorder=3)
        for x, y in mine:
            axes.annotate(f"{x:.2f}", (x, y), (5, 0), textcoords="offset points", fontsize=7, color=colour, va="center")


def waterfall(traces: Mapping[str, Trace], path: Path) -> None:
    """Draw where the time of one booking goes: a bar for each command and each call outside, by when it was answered.

    Args:
        traces: One request each, by whose it is.
        path: The file.
    """
    heights = [len(trace.commands) + len(trace.outside) for trace in traces.values()]
    figure = Figure(figsize=(8, 0.2 * sum(heights) + 0.6 * len(heights) + 0.6), layout="constrained")
    panels = figure.subplots(len(traces), 1, sharex=True, squeeze=False, height_ratios=heights)[:, 0]
    for axes, (name, trace) in zip(panels, traces.items(), strict=True):
        _lane(axes, name, trace)
    panels[-1].set_xlabel("milliseconds", fontsize=8, color=_INK)
    kinds = [Patch(color=colour, label=kind) for kind, colour in _KINDS.items()]
    panels[0].legend(handles=kinds, fontsize=7, frameon=False, loc="upper right")
    save(figure, path)


def _lane(axes: Axes, name: str, trace: Trace) -> None:
    calls = [*((each, _kind(each)) for each in trace.commands), *((each, "asks others") for each in trace.outside)]
    calls.sort(key=lambda each: each[0].started)
    for kind, colour in _KINDS.items():
        mine = [(y, each) for y, (each, its) in enumerate(calls) if its == kind]
        starts = [(each.started - trace.started) * 1000 for _, each in mine]
        widths = [(each.ended - each.started) * 1000 for _, each in mine]
        axes.barh([y for y, _ in mine], widths, left=starts, height=_BAR, color=colour)
    axes.axvline((trace.ended - trace.started) * 1000, color=_FAINT)
    axes.set_yticks(range(len(calls)), [f"{each.name} {each.collection}".strip() for each, _ in calls], fontsize=6)
    axes.set_ylim(len(calls) - 0.4, -0.6)
    cost = trace.cost
    counted = f"{cost.commands} commands, {cost.trips} one after another, {cost.transactions} transactions"
    axes.set_title(f"{name}: {counted}", loc="left", fontsize=9, color=_INK)
    _plain(axes, "")


def _kind(command: Command) -> str:
    if command.name in _READS:
        return "reads"
    return "commits" if command.name == "commitTransaction" else "writes"


def _plain(axes: Axes, label: str) -> None:
    axes.tick_params(colors=_INK, length=0)
    axes.tick_params(axis="x", labelsize=7)
    axes.set_xlabel(label, fontsize=8, color=_INK)
    axes.spines[["top", "right", "left"]].set_visible(False)
