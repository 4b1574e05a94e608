"""What one request asks of the database: the same handler under the same runtime client, with a listener in it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from uuid import uuid4

from infra.bench import measure
from infra.bench.environments import running
from infra.bench.recorder import Recorder
from infra.bench.results import Row, compare
from infra.bench.trips import Command, Trace, typical

if TYPE_CHECKING:
    from infra.bench.environments import Subject
    from infra.bench.setting import Setting
    from infra.bench.targets import Target

#: Requests before those that are looked at, and how many these are.
_WARMING, _WATCHED = 4, 5


async def trace(setting: Setting, subject: Subject) -> Trace:
    """Watch some warm requests, and return a typical one.

    Args:
        setting: Where they are made.
        subject: What answers them.
    """
    counts = setting.folder / f"counts-{uuid4().hex}"
    stripe = Recorder("Stripe", setting.servers.stripe_url)
    aws = Recorder("SQS", setting.servers.aws_url)
    async with stripe.running(), aws.running():
        through = {"STRIPE_API_BASE": stripe.url, "AWS_ENDPOINT_URL": aws.url}
        relayed = subject.with_environment(**through)
        outside = []
        async with running(setting.bench, relayed, counts=counts) as environment:
            for _ in range(_WARMING + _WATCHED):
                stripe.calls.clear()
                aws.calls.clear()
                await environment.invoke(relayed.next_event(), relayed.expect_status)
                outside.append([*stripe.calls, *aws.calls])
    lines = [json.loads(line) for line in counts.read_text().splitlines()]
    traces = [
        Trace([Command(*each) for each in line["commands"] if each[-1]], calls, line["started"], line["ended"])
        for line, calls in zip(lines, outside, strict=True)
    ]
    return typical(traces[_WARMING:])


async def compared(
    setting: Setting, base: Subject, ours: Subject, target: Target, *, of: str, runs: int, warmup: int
) -> list[Row]:
    """Time warm requests in turn, and count what one of each asks; returns a row for each, the baseline's first.

    Args:
        setting: Where they are made.
        base: The baseline, named as its row.
        ours: Named as its row.
        target: What the ratio is held to.
        of: Which of the things that the target covers it is.
        runs: How often.
        warmup: How often before that.
    """
    timings = await measure.warm(setting.bench, [ours, base], runs=runs, warmup=warmup)
    cost, base_cost = [(await trace(setting, each)).cost for each in (ours, base)]
    timing, base_timing = timings[ours.name], timings[base.name]
    return [
        Row(base.name, base_timing, cost=base_cost),
        compare(ours.name, timing, base_timing, target, of=of, cost=cost),
    ]
