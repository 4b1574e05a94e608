"""Who has an operation: its lease, one that it is born with, and what becomes of it when its worker dies."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from common.application.ports.payments.gateway import PaymentOperations
from common.application.shared.outbox import OutboxDeps
from common.application.shared.publishing import publish_committed
from common.domain.bookings.booking import BookingChange
from common.domain.payments.operations import OPERATION_REQUESTED, operation_requested

#: Two workers never act at once: Lambda ends every function that executes operations after 30 s at the latest
#: (``template.yaml``); the rest is for clocks that disagree. A payer whose request died waits no longer than this.
LEASE = timedelta(seconds=40)

_BATCH = 100


@dataclass(frozen=True)
class AbandonedDeps(OutboxDeps):
    """What handing over abandoned operations needs."""

    operations: PaymentOperations


def born_taken(change: BookingChange, now: datetime) -> BookingChange:
    """A change whose new operations belong to the process that commits it, which executes them at once.

    So they need no claim of their own, and no message to the payments worker: where the process dies,
    ``hand_over_abandoned`` sends that once the lease has ended. The try counts, so that the next one looks first.
    """
    operations = [each.model_copy(update={"tries": 1}) for each in change.operations]
    events = [each for each in change.events if each.type != OPERATION_REQUESTED]
    return change.model_copy(update={"operations": operations, "events": events, "taken_until": now + LEASE})


async def hand_over_abandoned(deps: AbandonedDeps, *, has_time: Callable[[], bool]) -> int:
    """Give the operations of processes that have died to the payments worker, each once.

    The event is stored before the lease is ended, so that none is lost; who dies between the two has it sent twice,
    which is harmless.

    Args:
        deps: ports.
        has_time: asked before each batch.

    Returns:
        How many operations were handed over.
    """
    count = 0
    while has_time():
        now = deps.clock.now()
        found = await deps.operations.list_abandoned(now, limit=_BATCH)
        if not found:
            break
        events = [operation_requested(each.booking_id, each.id, now) for each in found]
        await deps.outbox.insert(events)
        await deps.operations.end_leases([each.id for each in found], now)
        await publish_committed(deps.outbox, deps.publisher, events, deps.clock)
        count += len(found)
        if len(found) < _BATCH:
            break
    return count
