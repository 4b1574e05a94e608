"""What one request asks of the database: the same handler under the same runtime client, with a listener in it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from uuid import uuid4

from infra.bench.environments import running
from infra.bench.recorder import Recorder
from infra.bench.trips import Command, Trace, typical

if TYPE_CHECKING:
    from infra.bench.environments import Subject
    from infra.bench.setting import Setting

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
