"""The figures as a page, as JSON, and as a plot of cost against size."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib.figure import Figure

from infra.bench import plots, report
from infra.bench.results import State
from infra.bench.targets import Target

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from infra.bench.growth.loading import Loaded
    from infra.bench.growth.measuring import Cost, Grown
    from infra.bench.parts import Options
    from infra.bench.results import Measured

_NAME = "benchmarks-growth"
_KB = 1_000
_INTRODUCTION = """Each database has the same provider of {busy:,} bookings and the same customers of {tenth:,}, whose
requests these are, and besides them {sizes} bookings of ordinary people in all cities. Every booking is a whole life of
two years: played by the product itself, then copied with ids, times, places and parties of its own, with history,
operations, ledger, claims, events, mails and notifications as far as they are still kept. Runs take turns over the
databases. A request goes through the product's routes in this process; *ratio* is the largest database's median to the
smallest's. *Asked* is what a run sends to the largest database: commands, and keys and documents that these look at;
where it differs from the smallest, that is in brackets. What is done for several bookings at once is timed per booking,
and asked for all of them."""
#: Panels of the plot, by what subjects' names begin with.
_PANELS = {
    "requests about one booking": ("create", "act", "read", "history", "payment", "rating"),
    "the customer's lists": ("customer's list",),
    "the provider's lists": ("provider's list", "jobs", "calendar", "slots"),
    "figures": ("statement", "earnings", "statistics", "popular"),
    "the person": ("inbox", "read-all", "export", "account"),
    "schedules, for each": ("reconciliation", "sweep", "clean-up"),
}


def write(grown: Sequence[Grown], loaded: Sequence[Loaded], measured: Measured, options: Options) -> None:
    """Write ``benchmarks-growth.json``, ``.md`` and ``.svg``.

    Args:
        grown: What was measured.
        loaded: The databases, from the smallest to the largest.
        measured: What is held to targets.
        options: How the benchmarks were asked for.
    """
    document = {
        "machine": report.machine() | {"load": report.load()},
        "is_trial": options.is_trial,
        "databases": [_database(each) for each in loaded],
        "subjects": {each.name: _subject(each) for each in grown},
    }
    (options.output / f"{_NAME}.json").write_text(json.dumps(document, indent=1) + "\n")
    (options.output / f"{_NAME}.md").write_text("\n".join(_page(grown, loaded, measured, options)) + "\n")
    plot(grown, options.output / f"{_NAME}.svg")


def _database(each: Loaded) -> dict[str, Any]:
    collections = {name: vars(stored) for name, stored in each.collections.items() if stored.rows}
    seconds = {"seconds": round(each.seconds, 1), "index_seconds": round(each.index_seconds, 1)}
    return {"name": each.database, "bookings": each.bookings, **seconds, "collections": collections}


def _subject(each: Grown) -> dict[str, Any]:
    costs = {
        size: cost.timing.as_json() | {"examined": cost.examined and vars(cost.examined)}
        for size, cost in each.costs.items()
    }
    return {"ratio": round(each.ratio, 3), "tail": round(each.tail, 3), "refusal": each.refusal, "sizes": costs}


def _page(grown: Sequence[Grown], loaded: Sequence[Loaded], measured: Measured, options: Options) -> Iterator[str]:
    sizes = [f"{size:,}" for size in grown[0].costs]
    ordinary = f"{', '.join(sizes[:-1])} and {sizes[-1]}"
    busy = loaded[0].bookings - next(iter(grown[0].costs))
    introduction = _INTRODUCTION.format(busy=busy, tenth=busy // 10, sizes=ordinary)
    yield from ("# Bookings, against the size of the marketplace", "", introduction, "")
    yield f"Made by `make bench`; measured with {ordinary}. The machine has {os.cpu_count()} cores;"
    yield f"{report.load():.0f} were asked for in the last quarter of an hour."
    yield from ("", *report.trial(options), *_kept(measured), "", f"![Cost against size]({_NAME}.svg)", "")
    heads = ["", *(f"{size}, ms" for size in sizes), "p99", "ratio", "asked", "runs"]
    yield f"| {' | '.join(heads)} |"
    yield f"|---|{'---:|' * (len(heads) - 1)}"
    yield from map(_line, grown)
    refused = [each for each in grown if each.refusal]
    if refused:
        yield from ("", *(f"- {each.name} is refused: {each.refusal}" for each in refused))
    yield from ("", "Account deletion is done three times in each, once for each of three customers.")
    yield from _storage(loaded)


def _kept(measured: Measured) -> Iterator[str]:
    """A line for each target: the worst that was measured, and what missed it."""
    for target, mine, worst in report.by_target(measured):
        value = "" if worst is None else f"at worst **{worst.value:.2f}** ({worst.of}), "
        bad = "; ".join(f"{each.of} **{each.state.value}**" for each in mine if each.state is not State.MET)
        if worst is None:
            bad = "**not measured**"
        yield f"- {target.limit.what}: {value}target {target.limit}{f'. {bad}' if bad else ''}"


def _line(each: Grown) -> str:
    costs = list(each.costs.values())
    timing = costs[-1].timing
    tail = f"most {timing.most_ms:.1f}" if timing.p99_ms is None else f"{timing.p99_ms:.1f}"
    is_missed = each.name in Target.GROWTH.limit.covers and not Target.GROWTH.limit.is_met(each.ratio)
    ratio = f"{each.ratio:.2f}{' **missed**' if is_missed else ''}"
    name = f"{each.name} (refused)" if each.refusal else each.name
    medians = (f"{cost.timing.median_ms:.2f}" for cost in costs)
    return f"| {' | '.join([name, *medians, tail, ratio, _asked(costs), str(each.runs)])} |"


def _asked(costs: Sequence[Cost]) -> str:
    small, large = costs[0].examined, costs[-1].examined
    if small is None or large is None:
        return ""

    def shown(what: str) -> str:
        now, before = getattr(large, what), getattr(small, what)
        return f"{now:,}" if now == before else f"{now:,} ({before:,})"

    return " · ".join(shown(what) for what in ("commands", "keys", "documents"))


def _storage(loaded: Sequence[Loaded]) -> Iterator[str]:
    largest = loaded[-1]
    yield from ("", "## What a booking takes", "")
    yield f"In the largest database, {largest.bookings:,} bookings, spread over two years; kilobytes for each booking."
    yield "*Data* is before compression, *disk* after it."
    yield from (
        "",
        "| collection | rows | rows each | data kB | disk kB | index kB |",
        "|---|---:|---:|---:|---:|---:|",
    )
    rows = sorted(largest.collections.items(), key=lambda pair: -pair[1].data_bytes)
    total = [0, 0, 0, 0]
    for name, stored in rows:
        figures = [stored.rows, stored.data_bytes, stored.disk_bytes, stored.index_bytes]
        total = [before + each for before, each in zip(total, figures, strict=True)]
        if stored.data_bytes / largest.bookings >= 1:
            yield _stored(name, figures, largest.bookings)
    yield _stored("all", total, largest.bookings)
    yield ""
    yield from (
        f"- making {each.bookings:,} bookings took {each.seconds:.0f} s, {each.index_seconds:.0f} s of it for indexes"
        for each in loaded
    )


def _stored(name: str, figures: Sequence[int], bookings: int) -> str:
    rows, *sizes = figures
    kilobytes = " | ".join(f"{size / bookings / _KB:.2f}" for size in sizes)
    return f"| {name} | {rows:,} | {rows / bookings:.2f} | {kilobytes} |"


def plot(grown: Sequence[Grown], path: Path) -> None:
    """Draw every subject's median against the number of bookings, as a multiple of the smallest.

    Args:
        grown: What was measured.
        path: An SVG, or a PNG to look at.
    """
    sizes, tones = list(grown[0].costs), mpl.colormaps["tab20"]
    most = Target.GROWTH.limit.most
    figure = Figure(figsize=(11, 8.4), layout="constrained")
    axes: Any = figure.subplots(3, 2, sharey=True)
    for axis, title in zip(axes.flat, _PANELS, strict=True):
        axis.set_prop_cycle(color=[tones(number) for number in (*range(0, 20, 2), *range(1, 20, 2))])
        axis.axhspan(0, most, color="#0f766e", alpha=0.07, linewidth=0)
        for each in grown:
            if _panel_of(each.name) == title:
                medians = [cost.timing.median_ms for cost in each.costs.values()]
                line = "--" if each.ratio > most else "-"
                axis.plot(sizes, [value / medians[0] for value in medians], line, marker="o", ms=3, label=each.name)
        axis.set_xscale("log")
        axis.set_xticks(sizes, [f"{size:,}" for size in sizes])
        axis.minorticks_off()
        axis.set_ylim(0, max(2.0, *(min(each.ratio, 6.0) for each in grown)) * 1.05)
        axis.set_title(title, loc="left", fontsize=10)
        axis.spines[["top", "right"]].set_visible(False)
        axis.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), fontsize=7, frameon=False)
    figure.suptitle(
        f"Cost of each, as a multiple of the smallest database's; the shaded band is the target, {most:g}x",
        x=0.01, ha="left", fontsize=11,
    )  # fmt: skip
    plots.save(figure, path)


def _panel_of(name: str) -> str:
    """The panel with the longest beginning of a subject's name."""
    begun = ((len(each), title) for title, names in _PANELS.items() for each in names if name.startswith(each))
    return max(begun, default=(0, ""))[1]
