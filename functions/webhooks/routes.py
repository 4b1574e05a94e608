"""POST /v1/webhooks/stripe."""

from typing import Annotated

from common.application.payments.events.webhooks import receive_webhook
from common.runtime.observability.logging import set_booking_id
from fastapi import APIRouter, Header, Request

from functions.webhooks.container import ContainerDep
from functions.webhooks.schemas import WebhookReceived

#: Stripe does not say how large an event may be; those we take are a few kilobytes, a subscription's some dozen.
MAX_EVENT_BYTES = 256 * 1024

router = APIRouter(tags=["webhooks"])


@router.post("/v1/webhooks/stripe", max_body_size=MAX_EVENT_BYTES)
async def receive_stripe_event(
    request: Request, container: ContainerDep, stripe_signature: Annotated[str | None, Header(max_length=4096)] = None
) -> WebhookReceived:
    """Verify the signature over the raw bytes, store the event once, queue it, and answer."""
    event = await receive_webhook(container.webhook_receiver, await request.body(), stripe_signature)
    set_booking_id(event.booking_id or "")
    return WebhookReceived()
