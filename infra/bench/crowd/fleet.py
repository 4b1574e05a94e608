"""One side's environments: who answers what, how long it takes, and what their processes use."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from infra.bench import production
from infra.bench.crowd.processor import cpu_ms
from infra.bench.crowd.usage import Used, billed_ms
from infra.bench.environments import Environment, Subject, running

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence
    from pathlib import Path

    from infra.bench.environments import Bench

#: How many environments answer requests of each area: eight together, as the traffic's mix decides.
HTTP = {"auth": 1, "search": 1, "providers": 1, "bookings": 2, "payments": 1, "webhooks": 1, "notifications": 1}
#: Queue functions, one environment each, by the variable that names their queue.
QUEUES = {
    "NOTIFICATIONS_QUEUE_URL": "notifications.notifications_queue",
    "PAYMENT_CHECKS_QUEUE_URL": "payments.payment_checks_queue",
    "STRIPE_EVENTS_QUEUE_URL": "payments.stripe_events_queue",
}
_BARE = {
    "auth": "identity.refresh",
    "search": "reads.services_near",
    "notifications.notifications_queue": "crowd_workers.notifications",
    "payments.payment_checks_queue": "crowd_workers.payment_checks",
    "payments.stripe_events_queue": "crowd_workers.stripe_events",
}


def handler_of(name: str) -> str:
    """Dotted path of a function's handler.

    Args:
        name: Its area, or its area and file.
    """
    return f"functions.{name}.handler" if "." in name else f"functions.{name}.app.handler"


def our_subjects(functions: Path, variables: Mapping[str, str]) -> dict[str, Subject]:
    """Our functions, by name.

    Args:
        functions: Folder of the built ones.
        variables: Of their environments besides the common ones.
    """
    return {
        name: Subject(name, handler_of(name), functions / name.partition(".")[0], {}, None, tuple(variables.items()))
        for name in (*HTTP, *QUEUES.values())
    }


def bare_subjects(baselines: Path, variables: Mapping[str, str]) -> dict[str, Subject]:
    """The bare handlers that stand for them, by the same names.

    Args:
        baselines: Folder of the compiled ones.
        variables: Of their environments besides the common ones.
    """
    return {
        name: Subject(
            name, f"infra.bench.baselines.{_BARE.get(name, f'crowd.{name}')}", baselines, {}, None,
            tuple(variables.items()),
        )
        for name in (*HTTP, *QUEUES.values())
    }  # fmt: skip


@dataclass
class Fleet:
    """Running environments, each with one invocation at a time, as in Lambda.

    Attributes:
        environments: By function.
        requests: How many the API has answered.
    """

    environments: Mapping[str, Sequence[Environment]]
    requests: int = 0
    _free: dict[str, asyncio.Queue[Environment]] = field(default_factory=dict)
    _invocations: Counter[str] = field(default_factory=Counter)
    _billed: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        for name, some in self.environments.items():
            self._free[name] = asyncio.Queue()
            for each in some:
                self._free[name].put_nowait(each)

    async def invoke(self, name: str, event: Mapping[str, Any], status: int | None = None) -> Any:
        """Hand an event to a free environment of a function; who comes while all are busy waits.

        Args:
            name: The function.
            event: The event.
            status: The status of its answer, where it answers requests.

        Raises:
            BenchmarkError: It failed or answered otherwise.
        """
        free = self._free[name]
        environment = await free.get()
        started = time.perf_counter()
        try:
            return await environment.invoke(event, status)
        finally:
            self._billed[name] += billed_ms(time.perf_counter() - started)
            self._invocations[name] += 1
            self.requests += status is not None
            free.put_nowait(environment)

    def used(self) -> dict[str, Used]:
        """What each function has used so far."""
        return {
            name: Used(
                production.memory_mb(handler_of(name)),
                self._invocations[name],
                self._billed[name],
                sum(cpu_ms(each.pid) for each in some),
            )
            for name, some in self.environments.items()
        }


@contextlib.asynccontextmanager
async def running_fleet(bench: Bench, subjects: Mapping[str, Subject]) -> AsyncIterator[Fleet]:
    """Start every environment of one side; they end with the context.

    Args:
        bench: What all environments share.
        subjects: By function.
    """
    async with contextlib.AsyncExitStack() as stack:
        environments = {
            name: [await stack.enter_async_context(running(bench, subject)) for _ in range(HTTP.get(name, 1))]
            for name, subject in subjects.items()
        }
        for each in itertools.chain(*environments.values()):
            await each.loaded()
        yield Fleet(environments)
