"""Stripe's webhooks: received once, and which booking they speak of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from common.application.ports.webhooks import (
    StripeEvent,
    StripeEventQueue,
    WebhookEvents,
    WebhookStatus,
    WebhookVerifier,
)
from common.domain.errors import Unavailable

if TYPE_CHECKING:
    from common.application.payments.deps import PaymentDeps
    from common.application.ports.clock import Clock


@dataclass(frozen=True)
class WebhookReceiverDeps:
    """What receiving needs: no Stripe client and nothing of the bookings."""

    verifier: WebhookVerifier
    events: WebhookEvents
    queue: StripeEventQueue
    clock: Clock


async def receive_webhook(deps: WebhookReceiverDeps, body: bytes, signature: str | None) -> StripeEvent:
    """Verify a webhook, store its event once and queue it.

    An event that comes again is queued again unless it has been worked off: Stripe repeats a delivery until it gets
    a 2xx, and whether the queue took it the first time is not worth a second write.

    Raises:
        InvalidInput: forged, stale, or no event.
        Unavailable: stored, but the queue did not take it; Stripe will deliver it again.
    """
    event = deps.verifier.verify(body, signature).model_copy(update={"received_at": deps.clock.now()})
    if not await deps.events.add(event):
        known = await deps.events.get(event.id)
        if known is not None and known.status is not WebhookStatus.RECEIVED:
            return known
    if not await deps.queue.send(event.id):
        raise Unavailable("The event could not be queued.")
    return event


class NotYetKnown(Unavailable):
    """The event is about a booking that has not committed here yet; try again."""

    code = "booking_not_committed"


async def booking_of(deps: PaymentDeps, event: StripeEvent) -> str | None:
    """The booking an event is about: by its metadata, or by the intent, charge or transfer it names.

    Returns:
        Its id; ``None`` for an object that carries no sign of ours, such as a card saved without a booking.

    Raises:
        NotYetKnown: it names a booking that is not there.
    """
    if event.booking_id is not None:
        if await deps.bookings.get(event.booking_id) is None:
            raise NotYetKnown("The booking has not committed yet.")
        return event.booking_id
    for stripe_id in (event.object_id, event.related.get("payment_intent"), event.related.get("charge")):
        booking = await deps.bookings.by_stripe_id(stripe_id) if stripe_id else None
        if booking is not None:
            return booking.id
    return None
