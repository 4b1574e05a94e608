"""Does the same thing in processes that are killed (SIGKILL) at one step each, until one lives to its end.

A step is the sending of a database command or the arrival of its answer; publishing writes to the collection
``delivered``, which stands for the queues. One process is prepared and forked for each try, which costs milliseconds.

``python -m tests.support.killable URI DATABASE < PLAN`` reads a ``Plan`` as JSON, and prints how many steps the one
that lived took. Transactions that killed processes left open are ended at once, which the server does on its own after
a minute.
"""

from __future__ import annotations

import os
import signal
import sys
import traceback
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bson.binary import UUID_SUBTYPE, Binary
from common.application.bookings.act import perform_action
from common.application.bookings.create import BookingInput, create_booking
from common.application.bookings.sweep import sweep_due
from common.domain.identity.roles import Principal, Role
from common.domain.shared.model import Model
from common.runtime import loop
from pymongo import MongoClient, monitoring

from tests.fakes.clock import FakeClock
from tests.fakes.payment_gateway import FakePaymentGateway
from tests.support.containers import make_container, signing_keys

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from common.adapters.mongo.shared.database import Mongo
    from common.application.bookings.deps import BookingDeps
    from common.domain.shared.events import Event


class Try(Model):
    """One process: the step it is killed at, the time it believes in, and what it works on.

    ``request`` makes a booking, ``booking_id`` is acted on; with neither, the sweep does what is due.
    """

    step: int
    now: datetime
    request: dict[str, Any] | None = None
    key: str = ""
    booking_id: str | None = None
    input: dict[str, Any] | None = None


class Plan(Model):
    """Who does what, again and again."""

    user_id: str
    roles: list[Role]
    provider_id: str | None = None
    action: str = ""
    tries: list[Try]


class Executioner(monitoring.CommandListener):
    """Kills its own process at a step.

    Args:
        step: which, counted from one.
        grave: where the ids of sessions are written whose transactions were begun; a file descriptor.
    """

    def __init__(self, step: int, grave: int) -> None:
        self._last = step
        self._grave = grave
        self.steps = 0

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        if event.command.get("startTransaction"):
            os.write(self._grave, event.command["lsid"]["id"])
        self._count()

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:  # noqa: ARG002 - the listener's
        self._count()

    def failed(self, event: monitoring.CommandFailedEvent) -> None:  # noqa: ARG002 - the listener's
        self._count()

    def _count(self) -> None:
        self.steps += 1
        if self.steps == self._last:
            os.kill(os.getpid(), signal.SIGKILL)


@dataclass(frozen=True)
class StoredPublisher:
    """Implements ``Publisher``: what is delivered survives the process."""

    mongo: Mongo

    async def publish(self, events: Sequence[Event]) -> Sequence[str]:
        rows = [{"event_id": event.id, "booking_id": event.booking_id} for event in events]
        await self.mongo.collection("delivered").insert_many(rows)
        return [event.id for event in events]


async def do(uri: str, database: str, plan: Plan, each: Try) -> None:
    """One request or firing, from its arrival to the publication of its events."""
    clock = FakeClock()
    clock.set(each.now)
    container = make_container(uri, database, clock=clock, gateway=FakePaymentGateway(now=each.now))
    container.replace(publisher=StoredPublisher(container.mongo))
    await _work(container.bookings, plan, each)
    await container.close()


async def _work(deps: BookingDeps, plan: Plan, each: Try) -> None:
    if each.request is not None:
        await create_booking(deps, plan.user_id, BookingInput(**each.request), idempotency_key=each.key)
    elif each.booking_id is not None:
        caller = Principal(user_id=plan.user_id, roles=frozenset(plan.roles), provider_id=plan.provider_id)
        await perform_action(deps, caller, each.booking_id, plan.action, each.input)
    else:
        await sweep_due(deps, has_time=lambda: True)


def main(uri: str, database: str) -> int:
    """Fork a process for each try until one is not killed any more; gives the exit code."""
    plan = Plan.model_validate_json(sys.stdin.read())
    signing_keys()
    for each in plan.tries:
        ids, grave = os.pipe()
        os.set_blocking(ids, False)
        status = in_child(lambda each=each, grave=grave: live(uri, database, plan, each, grave))  # type: ignore[misc]
        if os.WIFEXITED(status):
            return os.WEXITSTATUS(status)
        os.close(grave)
        left = os.read(ids, 1_000)
        os.close(ids)
        # Without any id the command would end the sessions of everybody.
        if left:
            in_child(lambda left=left: end_sessions(uri, left))  # type: ignore[misc]
    return 0


def in_child(work: Callable[[], None]) -> int:
    """Do something in a process of its own, since what forks must not have used the driver; gives its status."""
    child = os.fork()
    if child == 0:
        try:
            work()
        except Exception:  # noqa: BLE001 - the process ends here
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    return os.waitpid(child, 0)[1]


def live(uri: str, database: str, plan: Plan, each: Try, grave: int) -> None:
    """Work until the end, unless killed before."""
    executioner = Executioner(each.step, grave)
    monitoring.register(executioner)
    loop.run(do(uri, database, plan, each))
    print(executioner.steps, flush=True)  # noqa: T201


def end_sessions(uri: str, left: bytes) -> None:
    """End what killed processes had begun; ``left`` is the ids of sessions, 16 bytes each."""
    ids = [left[start : start + 16] for start in range(0, len(left), 16)]
    with MongoClient[dict[str, Any]](uri) as client:
        client.admin.command({"killSessions": [{"id": Binary(each, UUID_SUBTYPE)} for each in ids]})


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
