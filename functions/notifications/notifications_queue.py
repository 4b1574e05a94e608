"""Works on the notifications queue: keeps rating summaries, renders and sends mails, and fills inboxes; no FastAPI."""

from common.application.bookings.rating_summaries import SUMMARY_EVENTS, refresh_summaries
from common.application.notifications.deliver import deliver_event
from common.application.notifications.operators import is_for_one
from common.domain.shared.events import Event
from common.runtime.container.delivery import DeliveryContainer
from common.runtime.needs import EVENTS, FRONTEND, MAIL
from common.runtime.observability import metrics
from common.runtime.sqs import create_event_handler

from functions.notifications.business_metrics import COUNTED


async def process(container: DeliveryContainer, event: Event) -> None:
    """Do what follows from one fact, and tell everybody it concerns."""
    if event.type in SUMMARY_EVENTS:
        await refresh_summaries(container.summaries, event)
    await deliver_event(container.delivery, event)
    if event.type in COUNTED and not is_for_one(event):
        metrics.count(COUNTED[event.type])


handler = create_event_handler(
    process,
    service="notifications-queue",
    needs=(FRONTEND, MAIL, EVENTS),
    container=DeliveryContainer,
    queue_url=lambda container: container.settings.of(EVENTS).notifications_queue_url,
)
