"""Comparing bookings, ledger and Stripe; repairing what is safe to repair by rule, reporting the rest.

Repaired by rule: operations whose next try is overdue and Stripe events that were never worked off are queued again;
an intent that nobody holds a claim to is cancelled as long as it has charged nothing. Everything else is for a person.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from common.application.payments.deps import PaymentDeps
from common.application.ports.payments import GatewayCall, Intent, IntentStatus
from common.application.ports.verification import Checkpoint, PaymentReviews, StripeRecords
from common.application.ports.webhooks import StripeEventQueue, WebhookEvents
from common.application.publishing import publish_committed
from common.domain.bookings import Booking
from common.domain.discrepancies import Difference, Discrepancy, DiscrepancyKind, compare
from common.domain.errors import GatewayRefused
from common.domain.events import Topic, new_event
from common.domain.payments import Purpose

#: What changed a moment ago may still be under way.
SETTLING = timedelta(minutes=10)
#: The first run looks this far back; a run goes back this much before the last one's end, for late events.
_FIRST_PERIOD = timedelta(days=1)
_OVERLAP = timedelta(minutes=10)
_BATCH = 50
_MAKES_PAYMENT = frozenset({Purpose.AUTHORIZE, Purpose.CHARGE_FEE})
_UNCHARGED = frozenset(
    {
        IntentStatus.REQUIRES_PAYMENT_METHOD,
        IntentStatus.REQUIRES_CONFIRMATION,
        IntentStatus.REQUIRES_ACTION,
        IntentStatus.REQUIRES_CAPTURE,
    }
)


@dataclass(frozen=True)
class VerificationDeps:
    """Ports of the verification."""

    payments: PaymentDeps
    records: StripeRecords
    reviews: PaymentReviews
    events: WebhookEvents
    queue: StripeEventQueue


async def verify_payments(deps: VerificationDeps, *, has_time: Callable[[], bool]) -> Counter[str]:
    """One run: requeue what is stuck, then compare every booking whose money moved since the last run.

    A run that is out of time leaves the rest to the next one.

    Returns:
        Counts by metric name.

    Raises:
        Unavailable: Stripe or the database is away; the next run begins at the same place.
    """
    now = deps.payments.clock.now()
    counts: Counter[str] = Counter()
    counts["OperationsRequeued"] = await _requeue_operations(deps, now)
    counts["StripeEventsRequeued"] = await _requeue_events(deps, now)
    last = await deps.reviews.checkpoint()
    since = last.verified_until - _OVERLAP if last else now - _FIRST_PERIOD
    until = now - SETTLING
    counts.update(await _verify_intents(deps, since, until, has_time=has_time))
    reached = await _verify_bookings(deps, since, until, counts, has_time=has_time)
    await deps.reviews.save_checkpoint(Checkpoint(verified_until=reached, ran_at=now))
    return counts


async def verify_booking(deps: VerificationDeps, booking: Booking) -> Sequence[Discrepancy]:
    """Compare one booking with its ledger and Stripe, and record what differs."""
    operations = await deps.payments.operations.for_booking(booking.id)
    made = [each.stripe_id for each in operations if each.purpose in _MAKES_PAYMENT and each.stripe_id]
    current = booking.payment_details.payment_intent_id
    intent_ids = sorted({*made, *([current] if current else [])})
    stripe = await deps.records.books_of(booking.id, intent_ids)
    lines = await deps.payments.ledger.for_booking(booking.id)
    now = deps.payments.clock.now()
    found = [_discrepancy(booking, each, now) for each in compare(booking, lines, stripe)]
    await deps.reviews.report(found)
    await deps.reviews.resolve_others(booking.id, [each.id for each in found], now)
    return found


async def _verify_bookings(
    deps: VerificationDeps, since: datetime, until: datetime, counts: Counter[str], *, has_time: Callable[[], bool]
) -> datetime:
    """Compare booking by booking, oldest change first; returns how far that came."""
    seen: set[str] = set()
    reached = since
    while has_time():
        touched = await deps.reviews.touched_between(reached, until, limit=_BATCH)
        for booking_id, at in touched:
            if not has_time():
                return reached
            if booking_id not in seen:
                seen.add(booking_id)
                booking = await deps.payments.bookings.get(booking_id)
                found = await verify_booking(deps, booking) if booking else []
                counts["BookingsVerified"] += 1
                counts["Discrepancies"] += len(found)
            reached = at
        if len(touched) < _BATCH:
            return until
        reached += timedelta(milliseconds=1) if touched[0][1] == touched[-1][1] else timedelta(0)
    return reached


async def _verify_intents(
    deps: VerificationDeps, since: datetime, until: datetime, *, has_time: Callable[[], bool]
) -> Counter[str]:
    """Look at Stripe's side: intents that no booking of ours knows."""
    counts: Counter[str] = Counter()
    after: str | None = None
    while has_time():
        page = await deps.records.intents_between(since, until, limit=_BATCH, after=after)
        for intent in page:
            counts[await _verify_intent(deps, intent)] += 1
        if len(page) < _BATCH:
            break
        after = page[-1].id
    return counts


async def _verify_intent(deps: VerificationDeps, intent: Intent) -> str:
    booking_id = intent.metadata.get("booking_id")
    if booking_id is None:
        return "ForeignIntents"
    booking = await deps.payments.bookings.get(booking_id)
    operations = await deps.payments.operations.for_booking(booking_id)
    known = {each.stripe_id for each in operations} | {booking.payment_details.payment_intent_id if booking else None}
    if booking is not None and (intent.id in known or booking.payment_details.open_operations):
        return "IntentsVerified"
    if intent.status in _UNCHARGED:
        return await _cancel_orphan(deps, intent, booking_id)
    if intent.status is IntentStatus.SUCCEEDED:
        await deps.reviews.report([_orphan(deps, intent, booking_id, known_booking=booking is not None)])
    return "OrphanIntents"


async def _cancel_orphan(deps: VerificationDeps, intent: Intent, booking_id: str) -> str:
    # Cancelling twice is harmless, and a key of its own for each run meets no stored error.
    key = f"{intent.id}:orphan:{deps.payments.clock.now():%Y%m%d%H%M}"
    call = GatewayCall(booking_id=booking_id, operation_id="verification", key=key)
    try:
        await deps.payments.gateway.cancel_intent(intent.id, call=call)
    except GatewayRefused:
        return "OrphanIntents"
    return "OrphanIntentsCancelled"


async def _requeue_operations(deps: VerificationDeps, now: datetime) -> int:
    """Queue overdue operations again: their message may have ended with the dead letters."""
    due = [
        each
        for each in await deps.payments.operations.open_before(now, limit=_BATCH)
        if each.updated_at <= now - SETTLING
    ]
    events = [
        new_event(Topic.PAYMENTS, "payment.operation_requested", now, booking_id=each.booking_id, operation_id=each.id)
        for each in due
    ]
    await deps.payments.outbox.add(events)
    await publish_committed(deps.payments.outbox, deps.payments.publisher, events, deps.payments.clock)
    return len(events)


async def _requeue_events(deps: VerificationDeps, now: datetime) -> int:
    waiting = await deps.events.unprocessed(before=now - SETTLING, limit=_BATCH)
    sent = [await deps.queue.send(each.id) for each in waiting]
    return sum(sent)


def _discrepancy(booking: Booking, difference: Difference, now: datetime) -> Discrepancy:
    return Discrepancy(
        id=f"{booking.id}:{difference.kind}",
        booking_id=booking.id,
        kind=difference.kind,
        expected=difference.expected,
        found=difference.found,
        currency=booking.price.total.currency,
        stripe_id=booking.payment_details.payment_intent_id,
        first_seen_at=now,
        last_seen_at=now,
    )


def _orphan(deps: VerificationDeps, intent: Intent, booking_id: str, *, known_booking: bool) -> Discrepancy:
    now = deps.payments.clock.now()
    kind = DiscrepancyKind.ORPHAN_INTENT if known_booking else DiscrepancyKind.UNKNOWN_BOOKING
    return Discrepancy(
        id=f"{booking_id}:{kind}:{intent.id}",
        booking_id=booking_id,
        kind=kind,
        found=intent.amount_received,
        currency=intent.currency,
        stripe_id=intent.id,
        note="Charged, but no operation of this booking made it.",
        first_seen_at=now,
        last_seen_at=now,
    )
