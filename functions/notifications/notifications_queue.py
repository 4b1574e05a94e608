"""Works on the notifications queue: keeps rating summaries, renders and sends mails, and fills inboxes; no FastAPI."""

from common.application.bookings.rating_summaries import SUMMARY_EVENTS, refresh_summaries
from common.application.notifications.deliver import deliver_event
from common.domain.shared.events import Event
from common.runtime.container.delivery import DeliveryContainer
from common.runtime.needs import FRONTEND, MAIL
from common.runtime.sqs import create_event_handler


async def process(container: DeliveryContainer, event: Event) -> None:
    """Do what follows from one fact, and tell everybody it concerns."""
    if event.type in SUMMARY_EVENTS:
        await refresh_summaries(container.summaries, event)
    await deliver_event(container.delivery, event)


handler = create_event_handler(
    process, service="notifications-queue", needs=(FRONTEND, MAIL), container=DeliveryContainer
)
