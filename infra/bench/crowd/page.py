"""What the crowd used, as a page, as JSON, and as a plot."""

from __future__ import annotations

import json
import os
import platform
from typing import TYPE_CHECKING, Any

from matplotlib.figure import Figure

from infra.bench import plots, production, report
from infra.bench.crowd import prices
from infra.bench.crowd.fleet import HTTP, QUEUES
from infra.bench.crowd.traffic import AT_ONCE
from infra.bench.crowd.usage import Block, bill

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from infra.bench.parts import Options

_NAME = "benchmarks-crowd"
_THOUSAND = 1_000
_DATABASE = "mongod"
_TEXT = """{at_once} people at once, each with a provider of their own, live the whole story to its end before the next
one begins: a token is refreshed, services near are searched, one is read with its slots, booked, paid at
the local Stripe (the card is confirmed; its signed webhooks go through the webhooks function), accepted,
started and completed, and captured by the worker; lists, payment and inboxes are read between. {http}
environments under AWS's runtime client answer requests ({mix}), and one of each queue function works behind
the local SQS, in batches of the template's size. Whoever comes while all environments of a function are
busy waits.

Beside them, in turn, as many environments of the bare driver serve the same requests with the fewest
commands, written by hand: they verify no token, know no rules, and shape no answers. Both sides share the
database, the queues and the local Stripe, and everything runs on this machine, the people too: bookings per
second say how much that one machine does, and an invocation's time has in it what it waited for a
processor. Lambda gives every environment its own, so gigabyte-seconds and dollars are more than they would
be there in this respect; they lack the network to a database elsewhere.

Processor time is the kernel's, of each process; what starting took is left out. Billed is each invocation,
rounded up to a millisecond, times its function's memory in the template. Dollars are list prices of
{region} ({as_of}, {architecture}, no free tier): gigabyte-seconds and requests of Lambda, requests of SQS
(a message counts as sent alone) and of the HTTP API. MongoDB, Stripe's fees, mails, logs, traces, restores
of snapshots and schedules are not in them."""


def write(ours: Block, bare: Block, options: Options) -> None:
    """Write the page, its JSON and its plot.

    Args:
        ours: What was measured of the product.
        bare: What was measured of the bare driver.
        options: How the benchmarks were asked for.
    """
    sides = {"GigSta": ours, "baseline": bare}
    document = {
        "machine": report.machine(),
        "is_trial": options.is_trial,
        "sides": {name: _document(each) for name, each in sides.items()},
    }
    (options.output / f"{_NAME}.json").write_text(json.dumps(document, indent=2) + "\n")
    (options.output / f"{_NAME}.md").write_text("\n".join(_page(ours, bare, options)) + "\n")
    plot(sides, options.output / f"{_NAME}.svg")


def figures(block: Block) -> dict[str, float]:
    """Everything that is shown of one side, by its name."""
    bookings = max(1, block.bookings)
    cost = bill(block, _THOUSAND, production.architecture())
    http_ms = sum(block.used[name].cpu_ms for name in HTTP)
    return {
        "bookings": block.bookings,
        "errors": len(block.errors),
        "messages that workers gave back": block.put_back,
        "bookings per second": block.bookings / block.seconds,
        "requests per second": block.requests / block.seconds,
        "requests per booking": block.requests / bookings,
        "messages per booking": block.messages / bookings,
        "CPU ms per request, its function": http_ms / block.requests,
        "CPU ms per booking, all functions": block.functions_ms / bookings,
        "CPU ms per request, mongod": block.mongod_ms / block.requests,
        "CPU ms per booking, mongod": block.mongod_ms / bookings,
        "GB-seconds per 1,000 bookings": block.gb_seconds * _THOUSAND / bookings,
        "dollars per 1,000 bookings": cost.total,
        "of it Lambda's GB-seconds": cost.duration,
        "of it Lambda's requests": cost.invocations,
        "of it SQS": cost.queues,
        "of it API Gateway": cost.api,
    }


def _document(block: Block) -> dict[str, Any]:
    used = {name: vars(each) | {"cpu_ms": round(each.cpu_ms)} for name, each in block.used.items()}
    return {"figures": {name: round(value, 5) for name, value in figures(block).items()}, "functions": used}


def _page(ours: Block, bare: Block, options: Options) -> Iterator[str]:
    yield from ("# Many at once", "")
    yield f"Made by `make bench` on {os.cpu_count()} shared cores, Python {platform.python_version()}; do not edit."
    yield from ("", *report.trial(options))
    mix = ", ".join(f"{number} {name}" for name, number in HTTP.items())
    yield _TEXT.format(
        at_once=AT_ONCE, http=sum(HTTP.values()), mix=mix, region=prices.REGION, as_of=prices.AS_OF,
        architecture=production.architecture(),
    )  # fmt: skip
    yield from ("", f"![Processor time of a booking]({_NAME}.svg)", "", "| | GigSta | baseline | ratio |")
    yield "|---|---:|---:|---:|"
    mine, others = figures(ours), figures(bare)
    for name, value in mine.items():
        ratio = f"{value / others[name]:.2f}" if others[name] else ""
        yield f"| {name} | {_shown(value)} | {_shown(others[name])} | {ratio} |"
    yield from (
        "",
        "Nothing of this has a target but the errors: there are none, or the run fails. A message that a worker",
    )
    yield "gives back is none as long as its booking goes on: SQS hides it for a while and brings it again."
    yield from ("", "## By function", "")
    yield "| | memory MB | invocations per booking | CPU ms per booking | baseline's | billed ms each | baseline's |"
    yield "|---|---:|---:|---:|---:|---:|---:|"
    for name in (*HTTP, *QUEUES.values()):
        cells = [name, str(ours.used[name].memory_mb), _shown(ours.used[name].invocations / max(1, ours.bookings))]
        cells += [_shown(each.used[name].cpu_ms / max(1, each.bookings)) for each in (ours, bare)]
        cells += [_shown(each.used[name].billed_ms / max(1, each.used[name].invocations)) for each in (ours, bare)]
        yield f"| {' | '.join(cells)} |"


def _shown(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:.2f}" if value >= 1 else f"{value:.4f}"


def plot(sides: Mapping[str, Block], path: Path) -> None:
    """Draw the processor time of one booking, by part.

    Args:
        sides: By name.
        path: An SVG, or a PNG to look at.
    """
    parts = [*HTTP, *QUEUES.values(), _DATABASE]
    figure = Figure(figsize=(8, 1.9), layout="constrained")
    axes = figure.subplots()
    colours = [f"C{number}" for number in range(10)] + ["#0f172a"]
    for at, block in enumerate(sides.values()):
        left = 0.0
        for part, colour in zip(parts, colours, strict=True):
            used = block.mongod_ms if part == _DATABASE else block.used[part].cpu_ms
            width = used / max(1, block.bookings)
            label = part.rpartition(".")[2].replace("_", " ") if not at else None
            axes.barh(at, width, left=left, color=colour, height=0.7, label=label)
            left += width
        axes.text(left, at, f" {left:.0f}", va="center", fontsize=8)
    axes.set_yticks(range(len(sides)), list(sides), fontsize=8)
    axes.invert_yaxis()
    axes.margins(x=0.08)
    axes.tick_params(labelsize=8)
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_xlabel("processor milliseconds of one booking", fontsize=8)
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), fontsize=7, frameon=False)
    plots.save(figure, path)
