"""Publishing what has just committed, without waiting for the sweep of the outbox."""

from collections.abc import Sequence

from common.application.ports.clock import Clock
from common.application.ports.outbox import Outbox, Publisher
from common.domain.events import Event


async def publish_committed(outbox: Outbox, publisher: Publisher, events: Sequence[Event], clock: Clock) -> None:
    """Send events to their queues and mark those that were taken; the sweep sends what is left.

    Call it after the commit, never inside the transaction.
    """
    if not events:
        return
    taken = await publisher.publish(events)
    if taken:
        await outbox.mark_published(taken, clock.now())
