"""Works on the notifications queue: keeps rating summaries, renders and sends mails, and fills inboxes.

Never imports FastAPI; what works on a message is loaded by the first one that is no duplicate.
"""

from typing import TYPE_CHECKING

from common.runtime.sqs import create_event_handler

if TYPE_CHECKING:
    from common.domain.shared.events import Event
    from common.runtime.container.bootstrap import Container


async def process(container: "Container", event: "Event") -> None:
    """Do what follows from one fact, and tell everybody it concerns."""
    from common.application.bookings.rating_summaries import SUMMARY_EVENTS, refresh_summaries  # noqa: PLC0415
    from common.application.notifications.deliver import deliver_event  # noqa: PLC0415

    if event.type in SUMMARY_EVENTS:
        await refresh_summaries(container.bookings, event)
    await deliver_event(container.delivery, event)


handler = create_event_handler(process, service="notifications-queue")
