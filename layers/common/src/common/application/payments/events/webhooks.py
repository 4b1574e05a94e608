"""Stripe's webhooks: received once, and which booking they speak of."""

from dataclasses import dataclass

from common.application.payments.deps import PaymentDeps
from common.application.ports.payments.webhooks import (
    StripeEvent,
    StripeEventQueue,
    WebhookEvents,
    WebhookStatus,
    WebhookVerifier,
)
from common.application.ports.shared.clock import Clock
from common.domain.bookings.booking import Booking
from common.domain.shared.errors import NotFound, Unavailable
from common.domain.shared.ids import BOOKING_PREFIX


@dataclass(frozen=True)
class WebhookReceiverDeps:
    """What receiving needs: no Stripe client and nothing of the bookings."""

    verifier: WebhookVerifier
    events: WebhookEvents
    queue: StripeEventQueue
    clock: Clock


async def receive_webhook(deps: WebhookReceiverDeps, body: bytes, signature: str | None) -> StripeEvent:
    """Verify a webhook, store its event once and queue it.

    An event that comes again is queued again unless it has been processed: Stripe repeats a delivery until it gets
    a 2xx, and whether the queue took it the first time is not worth a second write.

    Raises:
        InvalidInput: forged, stale, or no event.
        Unavailable: stored, but the queue did not take it; Stripe will deliver it again.
    """
    event = deps.verifier.verify(body, signature).model_copy(update={"received_at": deps.clock.now()})
    if not await deps.events.insert(event):
        known = await deps.events.get(event.id)
        if known is not None and known.status is not WebhookStatus.RECEIVED:
            return known
    if not await deps.queue.send(event.id):
        raise Unavailable("The event could not be queued.")
    return event


class NotYetKnown(Unavailable):
    """The event is about a booking that has not committed here yet; try again."""

    code = "booking_not_committed"


async def booking_of(deps: PaymentDeps, event: StripeEvent) -> Booking | None:
    """The booking an event is about: by its metadata, or by the intent, charge or transfer it names.

    Returns:
        As stored now; ``None`` for an object that carries no sign of ours, such as a card saved without a booking, and
        for whatever lies in a connected account.

    Raises:
        NotYetKnown: it names a booking that is not there.
        Unavailable: Stripe is unavailable.
    """
    if event.account_id is not None:
        return None
    if _is_booking_id(event.booking_id):
        return await _committed(deps, str(event.booking_id))
    intent_id, charge_id = event.related.get("payment_intent"), event.related.get("charge")
    for stripe_id in (event.object_id, intent_id, charge_id):
        booking = await deps.bookings.find_by_stripe_id(stripe_id) if stripe_id else None
        if booking is not None:
            return booking
    return await booking_of_intent(deps, intent_id) if intent_id else None


async def booking_of_intent(deps: PaymentDeps, intent_id: str) -> Booking | None:
    """The booking that an intent names at Stripe, for what names only the intent: disputes, refunds by hand.

    Returns:
        As stored now; ``None`` for an intent of a plan, another deployment or another program, or one that is gone.

    Raises:
        NotYetKnown: it names a booking that is not there.
        Unavailable: Stripe is unavailable.
    """
    try:
        named = (await deps.gateway.get_intent(intent_id)).metadata.get("booking_id")
    except NotFound:
        return None
    return await _committed(deps, str(named)) if _is_booking_id(named) else None


def _is_booking_id(value: str | None) -> bool:
    """Whether it looks like an id of ours; other programs may name bookings of theirs in the same way."""
    return value is not None and value.startswith(f"{BOOKING_PREFIX}_")


async def _committed(deps: PaymentDeps, booking_id: str) -> Booking:
    booking = await deps.bookings.get(booking_id)
    if booking is None:
        raise NotYetKnown("The booking has not committed yet.")
    return booking
