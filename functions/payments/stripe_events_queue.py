"""Works on the queue of received Stripe events; never imports FastAPI."""

from common.application.payments.events.process import process_stripe_event
from common.runtime.container.stripe_events import StripeEventContainer
from common.runtime.needs import EVENTS, STRIPE
from common.runtime.observability import metrics
from common.runtime.observability.logging import get_logger, set_booking_id
from common.runtime.sqs import create_queue_handler

from functions.payments.stripe_event_message import StripeEventMessage


async def process(container: StripeEventContainer, message: StripeEventMessage) -> None:
    """Process one stored event by re-reading what it is about."""
    event = await container.webhook_events.get(message.event_id)
    if event is not None and event.booking_id:
        set_booking_id(event.booking_id)
    status = await process_stripe_event(container.stripe_events, message.event_id, event)
    metrics.count(f"StripeEvents{status.value.title()}")
    fields = {"stripe_event": message.event_id, "type": event.type if event else "", "outcome": status}
    get_logger().info("Stripe event processed", extra=fields)


handler = create_queue_handler(
    process,
    service="stripe-events-queue",
    needs=(EVENTS, STRIPE),
    container=StripeEventContainer,
    model=StripeEventMessage,
    id_field="event_id",
)
