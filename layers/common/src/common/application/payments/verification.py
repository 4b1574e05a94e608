"""Comparing bookings, ledger and Stripe; repairing what is safe to repair by rule, reporting the rest.

Repaired by rule: operations whose next try is overdue and Stripe events that were never worked off are queued again;
an intent that nobody holds a claim to is cancelled as long as it has charged nothing. Everything else is for a person:
it is listed for operators, who are told of what is new.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from common.application.payments.verification_deps import VerificationDeps
from common.application.payments.verification_repairs import requeue_events, requeue_operations
from common.application.payments.verification_strays import bookings_moved_at_stripe, verify_intents
from common.application.ports.verification import Checkpoint
from common.application.publishing import publish_committed
from common.domain.bookings import Booking
from common.domain.discrepancies import Difference, Discrepancy, compare
from common.domain.events import Topic, new_event
from common.domain.payments import Purpose

#: What changed a moment ago may still be under way.
SETTLING = timedelta(minutes=10)
#: The first run looks this far back; a run goes back this much before the last one's end, for late events.
_FIRST_PERIOD = timedelta(days=1)
_OVERLAP = timedelta(minutes=10)
_BATCH = 50
#: So many differences are told in one message; all of them are listed.
_MOST_TOLD = 20
_MAKES_PAYMENT = frozenset({Purpose.AUTHORIZE, Purpose.CHARGE_FEE})


async def verify_payments(deps: VerificationDeps, *, has_time: Callable[[], bool]) -> Counter[str]:
    """One run: requeue what is stuck, then compare every booking whose money moved since the last run, here or there.

    A run that is out of time leaves the rest to the next one.

    Returns:
        Counts by metric name.

    Raises:
        Unavailable: Stripe or the database is away; the next run begins at the same place.
    """
    now = deps.payments.clock.now()
    counts: Counter[str] = Counter()
    counts["OperationsRequeued"] = await requeue_operations(deps, now, SETTLING, has_time=has_time)
    counts["StripeEventsRequeued"] = await requeue_events(deps, now, SETTLING, has_time=has_time)
    last = await deps.reviews.checkpoint()
    since = last.verified_until - _OVERLAP if last else now - _FIRST_PERIOD
    until = now - SETTLING
    new: list[Discrepancy] = []
    stray: list[Discrepancy] = []
    counts.update(await verify_intents(deps, since, until, stray, has_time=has_time))
    new.extend(await deps.reviews.report(stray))
    seen = await bookings_moved_at_stripe(deps, since, until, has_time=has_time)
    for booking_id in sorted(seen):
        if has_time():
            new.extend(await _verify_one(deps, booking_id, counts))
    reached = await _verify_bookings(deps, since, until, seen, counts, new, has_time=has_time)
    await _tell_operators(deps, new)
    counts["NewDiscrepancies"] = len(new)
    await deps.reviews.save_checkpoint(Checkpoint(verified_until=reached, ran_at=now))
    return counts


async def verify_booking(deps: VerificationDeps, booking: Booking) -> Sequence[Discrepancy]:
    """Compare one booking with its ledger and Stripe, and record what differs; returns all that does."""
    found, _ = await _compare(deps, booking)
    return found


async def _compare(deps: VerificationDeps, booking: Booking) -> tuple[Sequence[Discrepancy], Sequence[Discrepancy]]:
    """All differences of a booking, and those that are new."""
    operations = await deps.payments.operations.for_booking(booking.id)
    made = [each.stripe_id for each in operations if each.purpose in _MAKES_PAYMENT and each.stripe_id]
    current = booking.payment_details.payment_intent_id
    intent_ids = sorted({*made, *([current] if current else [])})
    stripe = await deps.records.books_of(booking.id, intent_ids)
    lines = await deps.payments.ledger.for_booking(booking.id)
    now = deps.payments.clock.now()
    found = [_discrepancy(booking, each, now) for each in compare(booking, lines, stripe)]
    new = await deps.reviews.report(found)
    await deps.reviews.resolve_others(booking.id, [each.id for each in found], now)
    return found, new


async def _verify_one(deps: VerificationDeps, booking_id: str, counts: Counter[str]) -> Sequence[Discrepancy]:
    booking = await deps.payments.bookings.get(booking_id)
    found, new = await _compare(deps, booking) if booking else ([], [])
    counts["BookingsVerified"] += 1
    counts["Discrepancies"] += len(found)
    return new


async def _verify_bookings(
    deps: VerificationDeps,
    since: datetime,
    until: datetime,
    seen: set[str],
    counts: Counter[str],
    new: list[Discrepancy],
    *,
    has_time: Callable[[], bool],
) -> datetime:
    """Compare booking by booking, oldest change first, those not seen yet; returns how far that came."""
    after: tuple[datetime, str] | None = None
    while has_time():
        page = await deps.reviews.touched_between(since, until, limit=_BATCH, after=after)
        for touched in page:
            if not has_time():
                return after[0] if after else since
            if touched.booking_id not in seen:
                seen.add(touched.booking_id)
                new.extend(await _verify_one(deps, touched.booking_id, counts))
            after = (touched.at, touched.operation_id)
        if len(page) < _BATCH:
            return until
    return after[0] if after else since


async def _tell_operators(deps: VerificationDeps, new: Sequence[Discrepancy]) -> None:
    if not new:
        return
    payments = deps.payments
    lines = [f"{each.booking_id}: {each.kind} is {each.found}, expected {each.expected}" for each in new[:_MOST_TOLD]]
    now = payments.clock.now()
    event = new_event(
        Topic.NOTIFICATIONS,
        "mail.requested",
        now,
        template="discrepancies_found",
        to_role="operator",
        data={"count": len(new), "lines": lines},
    )
    await payments.outbox.add([event])
    await publish_committed(payments.outbox, payments.publisher, [event], payments.clock)


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
