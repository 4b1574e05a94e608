"""Makes bookings in processes that are killed (SIGKILL) one step later each time, until one lives to its end.

A step is the sending of a database command or the arrival of its answer; publishing writes to the collection
``delivered``, which stands for the queues. One process is prepared and forked for each try, which costs milliseconds.

``python -m tests.support.killable URI DATABASE SERVICE CUSTOMER FIRST_START`` prints the sessions whose
transactions were begun, so that those left open can be ended, and then how many steps there were.
"""

from __future__ import annotations

import os
import signal
import sys
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from common.application.bookings.create import BookingWish, create_booking
from common.runtime import loop
from pymongo import monitoring

from tests.fakes.clock import START, FakeClock
from tests.fakes.payment_gateway import FakePaymentGateway
from tests.support.containers import make_container, signing_keys

if TYPE_CHECKING:
    from collections.abc import Sequence

    from common.adapters.mongo.database import Mongo
    from common.domain.events import Event

ADDRESS = "12 Ponsonby Road, Auckland"
MOST_STEPS = 1_000


class Executioner(monitoring.CommandListener):
    """Kills its own process at a step.

    Args:
        step: which, counted from one.
    """

    def __init__(self, step: int) -> None:
        self._left = step

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        if event.command.get("startTransaction"):
            print(f"session {event.command['lsid']['id'].hex()}", flush=True)  # noqa: T201
        self._count()

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:  # noqa: ARG002 - the listener's
        self._count()

    def failed(self, event: monitoring.CommandFailedEvent) -> None:  # noqa: ARG002 - the listener's
        self._count()

    def _count(self) -> None:
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


class StoredPublisher:
    """Implements ``Publisher``: what is delivered survives the process.

    Args:
        mongo: where deliveries are kept.
    """

    def __init__(self, mongo: Mongo) -> None:
        self._mongo = mongo

    async def publish(self, events: Sequence[Event]) -> Sequence[str]:
        rows = [{"event_id": event.id, "booking_id": event.booking_id} for event in events]
        await self._mongo.collection("delivered").insert_many(rows)
        return [event.id for event in events]


async def book(uri: str, database: str, service_id: str, customer_id: str, start_at: datetime, key: str) -> None:
    """Make one booking, from the request to the publication of its events."""
    container = make_container(uri, database, clock=FakeClock(), gateway=FakePaymentGateway(now=START))
    container.__dict__["publisher"] = StoredPublisher(container.mongo)
    wish = BookingWish(service_id=service_id, start_at=start_at, address=ADDRESS)
    await create_booking(container.bookings, customer_id, wish, idempotency_key=key)
    await container.close()


def main(uri: str, database: str, service_id: str, customer_id: str, first_start: str) -> int:
    """Fork a process for each step until one is not killed any more; returns the number of steps."""
    signing_keys()
    first = datetime.fromisoformat(first_start)
    for step in range(1, MOST_STEPS):
        child = os.fork()
        if child == 0:
            monitoring.register(Executioner(step))
            start_at = first + timedelta(hours=2 * step)
            loop.run(book(uri, database, service_id, customer_id, start_at, f"killed-{step}"))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if os.WIFEXITED(status):
            return step - 1 if os.WEXITSTATUS(status) == 0 else -step
    return -MOST_STEPS


if __name__ == "__main__":
    print(main(*sys.argv[1:]))  # noqa: T201
