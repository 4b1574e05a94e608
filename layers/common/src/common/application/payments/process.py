"""Processing a stored Stripe event by reading again what it is about."""

from datetime import datetime, timedelta

from common.application.payments.stripe_events import StripeEventDeps, handler_of
from common.application.payments.webhooks import NotYetKnown
from common.application.ports.webhooks import StripeEvent, WebhookStatus

#: An event about a booking that still does not exist after so many tries over so long belongs to somebody else's; tries
#: alone say nothing, because an outage uses them up.
MOST_TRIES = 12
LONGEST_WAIT = timedelta(days=1)


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
    now = deps.payouts.payments.clock.now()
    await deps.events.count_try(event_id)
    handler = handler_of(event.type)
    status = WebhookStatus.IGNORED if handler is None else WebhookStatus.PROCESSED
    try:
        if handler is not None:
            await handler(deps, event)
    except NotYetKnown:
        if event.tries + 1 < MOST_TRIES or not _is_old(event, now):
            raise
        status = WebhookStatus.FAILED
    await deps.events.finish(event_id, status, now)
    return status


def _is_old(event: StripeEvent, now: datetime) -> bool:
    return event.received_at is not None and now - event.received_at >= LONGEST_WAIT
