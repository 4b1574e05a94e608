"""Stripe's side of the comparison: intents that no booking of ours knows, and bookings whose money moved there.

Only what carries our marks is ever touched, and what is authorized is never cancelled without a person: it is reported.
"""

from collections import Counter
from collections.abc import Callable
from datetime import datetime

from common.application.payments.verification_deps import VerificationDeps
from common.application.ports.payments import GatewayCall, Intent, IntentStatus
from common.application.ports.verification import MovedAtStripe
from common.domain.discrepancies import Discrepancy, DiscrepancyKind
from common.domain.errors import GatewayRefused
from common.domain.ownership import Origin

_BATCH = 50
_UNCHARGED = frozenset(
    {
        IntentStatus.REQUIRES_PAYMENT_METHOD,
        IntentStatus.REQUIRES_CONFIRMATION,
        IntentStatus.REQUIRES_ACTION,
    }
)
#: What a person is told of an intent that holds somebody's money.
_NOTES = {IntentStatus.REQUIRES_CAPTURE: "Authorized and not captured", IntentStatus.SUCCEEDED: "Charged"}


async def verify_intents(
    deps: VerificationDeps, since: datetime, until: datetime, found: list[Discrepancy], *, has_time: Callable[[], bool]
) -> Counter[str]:
    """Look at every intent made in a period; one of ours that nobody claims is cancelled while it reserves nothing.

    Args:
        deps: ports.
        since: begin of the period.
        until: its end.
        found: takes intents that have charged or reserved somebody's money and belong to no operation.
        has_time: whether the run may go on.
    """
    counts: Counter[str] = Counter()
    after: str | None = None
    while has_time():
        page = await deps.records.intents_between(since, until, limit=_BATCH, after=after)
        for intent in page:
            counts[await _verify_intent(deps, intent, found)] += 1
        if len(page) < _BATCH:
            break
        after = page[-1].id
    return counts


async def bookings_moved_at_stripe(
    deps: VerificationDeps, since: datetime, until: datetime, *, has_time: Callable[[], bool]
) -> set[str]:
    """Bookings whose money moved at Stripe in a period, whoever moved it, such as a person on Stripe's dashboard."""
    moved: set[str] = set()
    after: str | None = None
    while has_time():
        page = await deps.records.moved_between(since, until, limit=_BATCH, after=after)
        for entry in page:
            booking_id = await _booking_of(deps, entry)
            if booking_id is not None:
                moved.add(booking_id)
        if len(page) < _BATCH:
            break
        after = page[-1].id
    return moved


async def _booking_of(deps: VerificationDeps, entry: MovedAtStripe) -> str | None:
    if entry.booking_id is not None or entry.intent_id is None:
        return entry.booking_id
    booking = await deps.payments.bookings.by_stripe_id(entry.intent_id)
    return booking.id if booking else None


async def _verify_intent(deps: VerificationDeps, intent: Intent, found: list[Discrepancy]) -> str:
    booking_id, origin = intent.metadata.get("booking_id"), deps.owner.origin(intent.metadata)
    if booking_id is None or origin is Origin.THEIRS:
        return "ForeignIntents"
    booking = await deps.payments.bookings.get(booking_id)
    if booking is None and origin is Origin.UNMARKED:
        return "ForeignIntents"
    operations = await deps.payments.operations.for_booking(booking_id)
    known = {each.stripe_id for each in operations} | {booking.payment_details.payment_intent_id if booking else None}
    if booking is not None and (intent.id in known or booking.payment_details.open_operations):
        return "IntentsVerified"
    if intent.status in _UNCHARGED:
        intent = await deps.payments.gateway.get_intent(intent.id)
    if intent.status in _UNCHARGED:
        return await _cancel_orphan(deps, intent, booking_id)
    if intent.status in _NOTES:
        found.append(_orphan(deps, intent, booking_id, known_booking=booking is not None))
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


def _orphan(deps: VerificationDeps, intent: Intent, booking_id: str, *, known_booking: bool) -> Discrepancy:
    now = deps.payments.clock.now()
    kind = DiscrepancyKind.ORPHAN_INTENT if known_booking else DiscrepancyKind.UNKNOWN_BOOKING
    return Discrepancy(
        id=f"{booking_id}:{kind}:{intent.id}",
        booking_id=booking_id,
        kind=kind,
        found=intent.amount_received or intent.amount_capturable,
        currency=intent.currency,
        stripe_id=intent.id,
        note=f"{_NOTES[intent.status]}, but no operation of this booking made it.",
        first_seen_at=now,
        last_seen_at=now,
    )
