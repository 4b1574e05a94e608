"""The part of the benchmarks about many at once: both sides in turn, and their page."""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from infra.bench import building
from infra.bench.crowd import page
from infra.bench.crowd.fleet import bare_subjects, our_subjects, running_fleet
from infra.bench.crowd.people import make_pairs
from infra.bench.crowd.queues import Queues
from infra.bench.crowd.recording import Recorder
from infra.bench.crowd.traffic import AT_ONCE, Crowd
from infra.bench.crowd.usage import Block, together
from infra.bench.environments import BenchmarkError
from infra.bench.results import Held, Measured, Section
from infra.bench.servers import running_servers
from infra.bench.targets import Target
from infra.bench.world import WEBHOOK_SECRET, make_world
from stripe_local.testing import WebhookReceiver
from stripe_local.testing.control import Control

if TYPE_CHECKING:
    from infra.bench.parts import Options

#: Bookings of each block, and blocks of each side.
_BOOKINGS, _ROUNDS = 80, 3
_OURS, _BARE = "crowd", "crowd_bare"


async def run(options: Options) -> Measured:
    """Measure both sides in turn and write the page.

    Args:
        options: How the benchmarks were asked for; a trial has fewer bookings.

    Raises:
        BenchmarkError: Something failed; the page says so.
    """
    with tempfile.TemporaryDirectory(prefix="gigsta-bench-") as folder:
        ours, bare = await _run(Path(folder), options)
    errors = [*ours.errors, *bare.errors]
    measured = Measured([Section("Many at once", "", figures=(Held(Target.CROWD_ERRORS, len(errors)),))])
    page.write(ours, bare, options)
    if errors:
        raise BenchmarkError(f"{len(errors)} errors, the first: {errors[0]}")
    return measured


async def _run(folder: Path, options: Options) -> tuple[Block, Block]:
    built = building.build(folder)
    number = options.runs(_BOOKINGS)
    async with contextlib.AsyncExitStack() as stack:
        receiver = await stack.enter_async_context(WebhookReceiver())
        servers = await stack.enter_async_context(running_servers(folder, [(receiver.url, WEBHOOK_SECRET)]))
        control = Control(servers.stripe_url)
        stack.push_async_callback(control.aclose)
        worlds = [
            await make_world(servers.mongodb_uri, servers.stripe_url, servers.queue_url, name)
            for name in (_OURS, _BARE)
        ]
        bench = built.bench(servers, *worlds)
        queues = [Queues(servers.aws_url, name.replace("_", "-")) for name in (_OURS, _BARE)]

        subjects = our_subjects(built.functions, queues[0].urls)
        fleet = await stack.enter_async_context(running_fleet(bench, subjects))
        ours = Crowd(fleet, queues[0], servers, receiver, control)
        stack.push_async_callback(ours.close)
        options.say("a booking, to be written again")
        recorder = Recorder(servers.mongodb_uri, _OURS)
        _sound(await ours.block(await make_pairs(worlds[0], 1), recorder.step))
        story = folder / "story.json"
        recorder.write(story)

        subjects = bare_subjects(built.baselines, {**queues[1].urls, "BENCH_STORY": str(story)})
        fleet = await stack.enter_async_context(running_fleet(bench, subjects))
        bare = Crowd(fleet, queues[1], servers, receiver, control)
        stack.push_async_callback(bare.close)
        options.say("warming up")
        for crowd, world in zip((ours, bare), worlds, strict=True):
            _sound(await crowd.block(await make_pairs(world, AT_ONCE)))
        found: tuple[list[Block], list[Block]] = [], []
        for at in range(_ROUNDS):
            options.say(f"{number} bookings on each side, round {at + 1}")
            for crowd, world, blocks in zip((ours, bare), worlds, found, strict=True):
                blocks.append(await crowd.block(await make_pairs(world, number)))
        return together(found[0]), together(found[1])


def _sound(block: Block) -> None:
    """Raise what went wrong before anything was measured."""
    if block.errors:
        raise BenchmarkError(f"{len(block.errors)} errors, the first: {block.errors[0]}")
