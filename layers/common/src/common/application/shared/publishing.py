"""Publishing what has just committed, without waiting for the sweep of the outbox."""

import asyncio
from collections.abc import Sequence

from common.application.ports.shared.clock import Clock
from common.application.ports.shared.outbox import Outbox, Publisher
from common.application.shared.deadline import seconds_for_call
from common.domain.shared.errors import OutOfTime
from common.domain.shared.events import Event

#: A caller waits for the queues no longer than this.
PATIENCE_SECONDS = 5.0


async def publish_committed(outbox: Outbox, publisher: Publisher, events: Sequence[Event], clock: Clock) -> None:
    """Send events to their queues and mark those that were taken; the sweep sends what is left.

    Call it after the commit, never inside the transaction. What has committed is told as done whatever becomes of the
    queues, so neither they nor a lack of time make this fail.
    """
    if not events:
        return
    try:
        async with asyncio.timeout(seconds_for_call(PATIENCE_SECONDS)):
            taken = await publisher.publish(events)
            if taken:
                await outbox.mark_published(taken, clock.now())
    except (OutOfTime, TimeoutError):
        return
