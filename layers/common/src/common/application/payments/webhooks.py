"""Stripe's webhooks: received once, and processed by reading again what they speak of."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from common.application.payments.deps import PaymentDeps
from common.application.payments.sync import sync_booking_payment
from common.application.ports.clock import Clock
from common.application.ports.webhooks import (
    StripeEvent,
    StripeEventQueue,
    WebhookEvents,
    WebhookStatus,
    WebhookVerifier,
)
from common.domain.errors import Unavailable

#: An event about a booking that still does not exist after this many tries belongs to somebody else's.
MOST_TRIES = 12


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


Handler = Callable[[PaymentDeps, StripeEvent], Awaitable[None]]


async def process_stripe_event(
    deps: PaymentDeps, events: WebhookEvents, handlers: dict[str, Handler], event_id: str
) -> WebhookStatus:
    """Process a stored event: find what it is about and read that again from Stripe.

    Args:
        deps: ports.
        events: where events are stored.
        handlers: by the event type's prefix (``payment_intent``, ``charge.dispute``); the longest that fits is taken.
        event_id: Stripe's id of the event.

    Returns:
        What became of it. Processing twice is harmless.

    Raises:
        NotYetKnown: its booking is not there yet; the event must be delivered again.
        Unavailable: Stripe or the database is away; the event must be delivered again.
    """
    event = await events.get(event_id)
    if event is None or event.status in {WebhookStatus.PROCESSED, WebhookStatus.IGNORED}:
        return WebhookStatus.IGNORED if event is None else event.status
    await events.count_try(event_id)
    handler = _handler_of(event.type, handlers)
    try:
        if handler is not None:
            await handler(deps, event)
        status = WebhookStatus.IGNORED if handler is None else WebhookStatus.PROCESSED
    except NotYetKnown:
        if event.tries + 1 < MOST_TRIES:
            raise
        status = WebhookStatus.FAILED
    await events.finish(event_id, status, deps.clock.now())
    return status


async def payment_changed(deps: PaymentDeps, event: StripeEvent) -> None:
    """An intent, charge, refund or transfer changed: bring its booking up to date.

    Raises:
        NotYetKnown: the booking is not there yet.
    """
    booking_id = await booking_of(deps, event)
    if booking_id is not None:
        await sync_booking_payment(deps, booking_id)


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


def _handler_of(event_type: str, handlers: dict[str, Handler]) -> Handler | None:
    fitting = [prefix for prefix in handlers if event_type == prefix or event_type.startswith(f"{prefix}.")]
    return handlers[max(fitting, key=len)] if fitting else None
