"""The part of the benchmarks about growth: fills the databases, measures in all of them in turn, writes the page."""

from __future__ import annotations

import asyncio
import contextlib
import io
import logging
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from infra.bench.growth import marketplace, measuring, page, stage
from infra.bench.growth.loading import Loaded, Patterns, load
from infra.bench.growth.people import Population
from infra.bench.growth.recording import record
from infra.bench.results import Held, Measured, Section
from infra.bench.servers import running_mongod
from infra.bench.targets import Target
from infra.bench.world import World, make_world
from infra.ops.container import operating
from infra.ops.rebuild.steps import STEPS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from infra.bench.growth.measuring import Grown
    from infra.bench.parts import Options

_SIZES, _FULL_SIZES = (10_000, 100_000), (10_000, 100_000, 1_000_000)
#: Bookings of the busy provider; a tenth of them are each busy customer's.
_BUSY = 20_000
#: A trial is no smaller than this.
_LEAST, _LEAST_BUSY = 300, 2_000
_CACHE_GB = 5.0
#: What is stored in the bookings themselves, and so in their copies.
_CARRIED = frozenset({"earnings"})
_NOWHERE = "http://127.0.0.1:9"


async def run(options: Options) -> Measured:
    """Measure bookings in databases of growing size.

    Args:
        options: How the benchmarks were asked for; a trial has smaller databases, too.
    """
    shown = sys.stdout

    def say(text: str) -> None:
        with contextlib.redirect_stdout(shown):
            options.say(text)

    logging.disable(logging.INFO)
    try:
        with tempfile.TemporaryDirectory(prefix="gigsta-bench-") as folder, contextlib.redirect_stdout(io.StringIO()):
            grown, loaded = await _run(Path(folder), options, say)
    finally:
        logging.disable(logging.NOTSET)
    measured = Measured([Section("Growth", "", figures=tuple(figures(grown)))])
    page.write(grown, loaded, measured, options)
    return measured


def figures(grown: Sequence[Grown]) -> list[Held]:
    """What is held to the targets: every subject that they cover and that nothing refused."""
    found = []
    for each in grown:
        if not each.refusal:
            found += [
                Held(target, value, each.name, each.runs)
                for target, value in ((Target.GROWTH, each.ratio), (Target.GROWTH_TAIL, each.tail))
                if each.name in target.limit.covers
            ]
    return found


async def _run(folder: Path, options: Options, say: Callable[[str], None]) -> tuple[list[Grown], list[Loaded]]:
    scale = min(options.scale, 1.0)
    sizes = [max(_LEAST * (10**n), round(size * scale)) for n, size in enumerate(_sizes(options))]
    busy = max(_LEAST_BUSY, round(_BUSY * scale))
    say("playing lives")
    world, patterns = await _lives(folder / "lives")
    with running_mongod(folder / "market", cache_gb=_CACHE_GB, is_alone=True) as uri:
        loaded = [
            await asyncio.to_thread(load, uri, f"growth_{size}", Population(size, busy), patterns, say=say)
            for size in sizes
        ]
    for each in loaded:
        say(f"{each.database}: {each.bookings:,} bookings in {each.seconds:.0f} s")
    with running_mongod(folder / "market", cache_gb=_CACHE_GB) as uri:
        environment = {**world.environment, "MONGODB_URI": uri}
        for each in loaded:
            say(f"{each.database}: rebuilding what is derived")
            await _rebuild(uri, each.database)
        async with contextlib.AsyncExitStack() as stack:
            places = []
            for each, size in zip(loaded, sizes, strict=True):
                own = folder / each.database
                own.mkdir()
                place = marketplace.opened(environment, each.database, size, own)
                places.append(await stack.enter_async_context(place))
            return await measuring.measure(places, options.runs, say), loaded


def _sizes(options: Options) -> tuple[int, ...]:
    return _FULL_SIZES if options.is_full else _SIZES


async def _lives(folder: Path) -> tuple[World, Patterns]:
    """Play every life once, on a small server of its own."""
    with running_mongod(folder, cache_gb=0.5) as uri:
        world = await make_world(uri, _NOWHERE, f"{_NOWHERE}/queue")
        async with stage.opened(world.environment, folder) as opened:
            return world, await record(opened, world)


async def _rebuild(uri: str, database: str) -> None:
    """Make anew what the product derives from what was copied."""
    async with operating({"MONGODB_URI": uri, "MONGODB_DATABASE": database}) as container:
        for name, step in STEPS.items():
            if name not in _CARRIED:
                await step(container)
