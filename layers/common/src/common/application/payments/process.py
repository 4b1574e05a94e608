"""Processing a stored Stripe event by reading again what it is about."""

from common.application.payments.stripe_events import StripeEventDeps, handler_of
from common.application.payments.webhooks import NotYetKnown
from common.application.ports.webhooks import WebhookStatus

#: An event about a booking that still does not exist after this many tries belongs to somebody else's.
MOST_TRIES = 12


async def process_stripe_event(deps: StripeEventDeps, event_id: str) -> WebhookStatus:
    """Process a stored event.

    Args:
        deps: ports.
        event_id: Stripe's id of the event.

    Returns:
        What became of it. Processing twice is harmless.

    Raises:
        NotYetKnown: its booking is not there yet; the event must be delivered again.
        Unavailable: Stripe or the database is away; the event must be delivered again.
    """
    event = await deps.events.get(event_id)
    if event is None or event.status in {WebhookStatus.PROCESSED, WebhookStatus.IGNORED}:
        return WebhookStatus.IGNORED if event is None else event.status
    await deps.events.count_try(event_id)
    handler = handler_of(event.type)
    status = WebhookStatus.IGNORED if handler is None else WebhookStatus.PROCESSED
    try:
        if handler is not None:
            await handler(deps, event)
    except NotYetKnown:
        if event.tries + 1 < MOST_TRIES:
            raise
        status = WebhookStatus.FAILED
    await deps.events.finish(event_id, status, deps.payouts.payments.clock.now())
    return status
