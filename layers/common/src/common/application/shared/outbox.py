"""Publishing what a crash or a dead queue left in the outbox."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from common.application.ports.shared.clock import Clock
from common.application.ports.shared.outbox import Outbox, Publisher

#: Younger events are left to the process that committed them, which publishes them at once.
GRACE = timedelta(seconds=30)
_BATCH = 100


@dataclass(frozen=True)
class OutboxDeps:
    """What the sweep needs."""

    clock: Clock
    outbox: Outbox
    publisher: Publisher


async def sweep_outbox(deps: OutboxDeps, *, has_time: Callable[[], bool]) -> int:
    """Publish committed events that nobody has marked as published, oldest first, in batches.

    A queue that takes nothing does not hold up the events of another. An event may go out twice, when its first
    publisher died before marking it; consumers are idempotent by its id.

    Args:
        deps: ports.
        has_time: asked before each batch.

    Returns:
        How many events were published.
    """
    before = deps.clock.now() - GRACE
    published, after = 0, None
    while has_time():
        events = await deps.outbox.list_unpublished(before=before, limit=_BATCH, after=after)
        taken = await deps.publisher.publish(events) if events else []
        if taken:
            await deps.outbox.mark_published(taken, deps.clock.now())
        published += len(taken)
        if len(events) < _BATCH:
            break
        after = events[-1]
    return published


async def outbox_lag(deps: OutboxDeps) -> int:
    """For how many seconds the oldest event has waited that a queue should have taken; 0 where none has."""
    now = deps.clock.now()
    waiting = await deps.outbox.list_unpublished(before=now - GRACE, limit=1)
    due = [max(event.created_at, event.not_before or event.created_at) for event in waiting]
    return max([0, *(int((now - each).total_seconds()) for each in due)])
