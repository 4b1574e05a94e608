"""Works on the queue of received Stripe events. Never imports FastAPI."""

from typing import TYPE_CHECKING

from common.application.payments.process import process_stripe_event
from common.application.ports.webhooks import WebhookStatus
from common.runtime import metrics
from common.runtime.logging import get_logger, set_booking_id
from common.runtime.sqs import create_queue_handler
from pydantic import BaseModel

if TYPE_CHECKING:
    from common.runtime.bootstrap import Container

_COUNTED = {
    WebhookStatus.IGNORED: "StripeEventsIgnored",
    WebhookStatus.FAILED: "StripeEventsFailed",
    WebhookStatus.PROCESSED: "StripeEventsProcessed",
}


class StripeEventMessage(BaseModel):
    """The body of a message: which stored event to process."""

    event_id: str


async def process(container: "Container", message: StripeEventMessage) -> None:
    """Process one stored event by re-reading what it is about."""
    event = await container.webhook_events.get(message.event_id)
    if event is not None and event.booking_id:
        set_booking_id(event.booking_id)
    status = await process_stripe_event(container.stripe_events, message.event_id)
    metrics.count(_COUNTED[status])
    fields = {"stripe_event": message.event_id, "type": event.type if event else "", "outcome": status}
    get_logger().info("Stripe event processed", extra=fields)


handler = create_queue_handler(
    process, service="stripe-events-queue", message=StripeEventMessage, event_id=lambda message: message.event_id
)
