"""The figures as a page, as JSON, and as a plot."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from infra.bench import plots, report
from infra.bench.matching.ways import OTHERS, PRODUCT, WEIGHTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from matplotlib.axes import Axes

    from infra.bench.matching.outcome import Figures
    from infra.bench.matching.ways import Way
    from infra.bench.parts import Options

_NAME = "benchmarks-matching"
_INTRODUCTION = """A simulated city: {workers} providers of differing reach, skill, keenness and speed, a seventh of
them new, and {jobs:,} requests in {days} days, half of them for the next hours. {cities} cities are played by each way,
with the same people, requests and dice. Candidates, scores, waves and states are the product's own code; how people
behave is assumed (`infra/bench/matching/city.py`): they answer after a while, mostly not at night, agree less to what
is far, on full days and when they get many offers, and a customer waits half an hour to a day. So the figures compare
ways; they foretell nothing."""
_LEGEND = """- *filled*: requests that found somebody. *Median* and *slowest tenth*: minutes to that.
- *offers*: made for each match; *in vain*: of these withdrawn, because somebody else had the job or nobody waited.
- *quality*: how good those are who came, 0 to 1, which customers know only afterwards.
- *Gini*: how unevenly jobs are spread over providers. *Newcomers*: their jobs to their share of the providers."""
_HEADS = ("", "filled", "median", "slowest tenth", "offers", "in vain", "quality", "Gini", "newcomers")
#: The product's way, and the others.
_OURS, _THEIRS = "#0f766e", "#b45309"


def write(found: Mapping[Way, Figures], size: Mapping[str, int], options: Options) -> None:
    """Write ``benchmarks-matching.json``, ``.md`` and ``.svg``.

    Args:
        found: The figures of each way.
        size: Of the simulation: ``cities``, ``workers``, ``jobs``, ``days``.
        options: How the benchmarks were asked for.
    """
    document = {
        "is_trial": options.is_trial,
        "size": dict(size),
        "weights_version": PRODUCT.settings.weights.version,
        "ways": {way.name: _rounded(each) for way, each in found.items()},
    }
    (options.output / f"{_NAME}.json").write_text(json.dumps(document, indent=1) + "\n")
    (options.output / f"{_NAME}.md").write_text("\n".join(_page(found, size, options)) + "\n")
    plot(found, options.output / f"{_NAME}.svg")


def _rounded(each: Figures) -> dict[str, float]:
    return {name: round(value, 3) for name, value in vars(each).items()}


def _page(found: Mapping[Way, Figures], size: Mapping[str, int], options: Options) -> Iterator[str]:
    yield from ("# Finding a provider: a simulated city", "", _INTRODUCTION.format(**size), "")
    yield from ("Made by `make bench`; the same on every machine.", "", *report.trial(options))
    yield from (f"![Filled requests against offers for each match]({_NAME}.svg)", "", _LEGEND, "")
    yield from ("## Ways", "", *_table(found, (PRODUCT, *OTHERS)), "")
    weights = PRODUCT.settings.weights
    shown = ", ".join(f"{name} {points}" for name, points in weights.model_dump().items())
    yield from ("## Weights", "")
    yield f"The default weights (`{weights.version}`): {shown}. Each other row changes some of them; why these were"
    yield from ("chosen is in [ADR 0054](adr/0054-scores-and-weights.md).", "")
    yield from _table(found, (PRODUCT, *WEIGHTS))


def _table(found: Mapping[Way, Figures], ways: Sequence[Way]) -> list[str]:
    lines = [f"| {' | '.join(_HEADS)} |", f"|---|{'---:|' * (len(_HEADS) - 1)}"]
    return lines + [_line(way, found[way]) for way in ways if way in found]


def _line(way: Way, each: Figures) -> str:
    name = f"**{way.name}**" if way is PRODUCT else way.name
    cells = (
        name,
        f"{100 * each.filled:.1f} %",
        f"{each.median_minutes:.1f}",
        f"{each.slow_minutes:.0f}",
        f"{each.offers:.1f}",
        f"{each.in_vain:.1f}",
        f"{each.quality:.3f}",
        f"{each.gini:.3f}",
        f"{each.newcomers:.2f}",
    )
    return f"| {' | '.join(cells)} |"


def plot(found: Mapping[Way, Figures], path: Path) -> None:
    """Draw the ways by how much they fill and what that costs in offers, and the weights by quality and fairness.

    Args:
        found: The figures of each way.
        path: The file.
    """
    figure = Figure(figsize=(8, 3.2), layout="constrained")
    left, right = figure.subplots(1, 2)
    for way in (PRODUCT, *OTHERS):
        if way in found:
            _dot(left, way, found[way].offers, 100 * found[way].filled)
    for way in (PRODUCT, *WEIGHTS):
        if way in found:
            _dot(right, way, found[way].gini, found[way].quality)
    left.set_xscale("log")
    _frame(left, "offers for each match", "filled, %")
    _frame(right, "Gini of jobs: less is fairer", "quality of who came")
    plots.save(figure, path)


def _dot(axes: Axes, way: Way, x: float, y: float) -> None:
    colour = _OURS if way is PRODUCT else _THEIRS
    axes.scatter([x], [y], s=26, color=colour, zorder=3)
    axes.annotate(way.name, (x, y), (5, 4), textcoords="offset points", fontsize=7, color=colour)


def _frame(axes: Axes, x: str, y: str) -> None:
    axes.set_xlabel(x, fontsize=8)
    axes.set_ylabel(y, fontsize=8)
    axes.tick_params(labelsize=7)
    axes.margins(x=0.35, y=0.2)
    axes.spines[["top", "right"]].set_visible(False)
