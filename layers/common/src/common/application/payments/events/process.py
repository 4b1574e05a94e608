"""Processing a stored Stripe event by reading again what it is about."""

from datetime import datetime, timedelta

from common.application.payments.events.handlers import StripeEventDeps, handler_of
from common.application.payments.events.webhooks import NotYetKnown
from common.application.ports.payments.webhooks import StripeEvent, WebhookStatus
from common.application.shared.together import together
from common.domain.payments.operations import GONE
from common.domain.shared.errors import NotFound

#: An event about a booking that still does not exist after so many tries over so long belongs to somebody else's; tries
#: alone say nothing, because an outage uses them up.
MOST_TRIES = 12
LONGEST_WAIT = timedelta(days=1)


async def process_stripe_event(deps: StripeEventDeps, event_id: str, known: StripeEvent | None = None) -> WebhookStatus:
    """Process a stored event.

    Args:
        deps: ports.
        event_id: Stripe's id of the event.
        known: the event, as the caller has just read it.

    Returns:
        What became of it. Processing twice is harmless.

    Raises:
        NotYetKnown: its booking is not there yet; the event must be delivered again.
        Unavailable: Stripe or the database is unavailable; the event must be delivered again.
    """
    event = known or await deps.events.get(event_id)
    if event is None or event.status in {WebhookStatus.PROCESSED, WebhookStatus.IGNORED}:
        return WebhookStatus.IGNORED if event is None else event.status
    now = deps.clock.now()
    try:
        is_ours, _ = await together(_handle(deps, event), deps.events.increment_tries(event_id))
        status = WebhookStatus.PROCESSED if is_ours else WebhookStatus.IGNORED
    except NotYetKnown:
        if event.tries + 1 < MOST_TRIES or not _is_old(event, now):
            raise
        status = WebhookStatus.FAILED
    await deps.events.finish(event_id, status, now)
    return status


async def _handle(deps: StripeEventDeps, event: StripeEvent) -> bool:
    """Do what the event asks for; ``False`` where it speaks of nothing of ours, or of what Stripe has no more."""
    handler = None if deps.owner.is_theirs(event.marks) else handler_of(event.type)
    if handler is None:
        return False
    try:
        return await handler(deps, event)
    except NotFound as missing:
        if missing.wire_code not in GONE:
            raise
        return False


def _is_old(event: StripeEvent, now: datetime) -> bool:
    return event.received_at is not None and now - event.received_at >= LONGEST_WAIT
