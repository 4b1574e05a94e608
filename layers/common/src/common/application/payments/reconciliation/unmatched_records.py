"""Stripe's side of the comparison: intents without a booking, and the bookings of balance entries.

Only what carries our marks is ever touched, and what is authorized is never cancelled without a person: it is reported.
"""

from collections.abc import Sequence

from common.application.payments.reconciliation.deps import ReconciliationDeps
from common.application.ports.payments.gateway import GatewayCall, Intent, PaymentIntentStatus
from common.application.ports.payments.reconciliation import MovedAtStripe
from common.domain.bookings.booking import Booking
from common.domain.bookings.discrepancies import Discrepancy, DiscrepancyKind
from common.domain.payments.operations import GONE
from common.domain.payments.ownership import Origin
from common.domain.shared.errors import GatewayRefused, NotFound

_UNCHARGED = frozenset(
    {
        PaymentIntentStatus.REQUIRES_PAYMENT_METHOD,
        PaymentIntentStatus.REQUIRES_CONFIRMATION,
        PaymentIntentStatus.REQUIRES_ACTION,
    }
)
#: What a person is told of an intent that holds somebody's money, or may be another program's.
_NOTES = {
    **dict.fromkeys(_UNCHARGED, "Not paid, and without our marks"),
    PaymentIntentStatus.REQUIRES_CAPTURE: "Authorized and not captured",
    PaymentIntentStatus.SUCCEEDED: "Charged",
}


async def booking_of_entry(deps: ReconciliationDeps, entry: MovedAtStripe) -> str | None:
    """The booking that an entry of our balance belongs to; ``None`` for none of ours."""
    if entry.booking_id is not None or entry.intent_id is None:
        return entry.booking_id
    booking = await deps.bookings.find_by_stripe_id(entry.intent_id)
    return booking.id if booking else None


async def reconcile_intent(deps: ReconciliationDeps, intent: Intent) -> tuple[str, Sequence[Discrepancy]]:
    """Look at one intent; one of ours that nobody claims is cancelled while it reserves nothing.

    Returns:
        Under which metric it counts, and what is to be reported: one that belongs to no operation and has charged or
        reserved somebody's money, or names a booking of ours without our marks.
    """
    booking_id, origin = intent.metadata.get("booking_id"), deps.owner.origin(intent.metadata)
    if booking_id is None or origin is Origin.THEIRS:
        return "ForeignIntents", []
    booking = await deps.bookings.get(booking_id)
    if booking is None and origin is Origin.UNMARKED:
        return "ForeignIntents", []
    if booking is not None and await _claims(deps, booking, intent.id):
        return "IntentsReconciled", []
    if intent.status in _UNCHARGED:
        intent = await _present(deps, intent)
    if intent.status in _UNCHARGED and origin is Origin.OURS:
        return await _cancel_orphan(deps, intent, booking_id), []
    if intent.status in _NOTES:
        return "OrphanIntents", [_orphan(deps, intent, booking_id, known_booking=booking is not None)]
    return "OrphanIntents", []


async def is_settled(deps: ReconciliationDeps, reported: Discrepancy) -> bool:
    """Whether an unclaimed intent needs no person any more: claimed, cancelled, refunded, or gone."""
    if reported.stripe_id is None:
        return True
    booking = await deps.bookings.get(reported.booking_id)
    if booking is not None and await _claims(deps, booking, reported.stripe_id):
        return True
    try:
        intent = await deps.gateway.get_intent(reported.stripe_id)
    except NotFound as missing:
        if missing.wire_code not in GONE:
            raise
        return True
    if intent.status is PaymentIntentStatus.SUCCEEDED:
        books = await deps.records.get_books(reported.booking_id, [intent.id])
        return books.refunded >= books.captured
    return intent.status is PaymentIntentStatus.CANCELED


async def _claims(deps: ReconciliationDeps, booking: Booking, intent_id: str) -> bool:
    """Whether the booking knows the intent, or may still come to know it."""
    operations = await deps.operations.list_by_booking(booking.id)
    details = booking.payment_details
    known = {*(each.payment_intent_id for each in booking.charges), *(each.stripe_id for each in operations)}
    return intent_id in known or bool(details.open_operations)


async def _present(deps: ReconciliationDeps, intent: Intent) -> Intent:
    """The intent as it is now: a list is a moment old, and what is authorized meanwhile is not to be cancelled."""
    try:
        return await deps.gateway.get_intent(intent.id)
    except NotFound as missing:
        if missing.wire_code not in GONE:
            raise
        return intent.model_copy(update={"status": PaymentIntentStatus.CANCELED})


async def _cancel_orphan(deps: ReconciliationDeps, intent: Intent, booking_id: str) -> str:
    # Cancelling twice is harmless, and a key of its own for each run meets no stored error.
    key = f"{intent.id}:orphan:{deps.clock.now():%Y%m%d%H%M}"
    call = GatewayCall(booking_id=booking_id, operation_id="verification", key=key)
    try:
        await deps.gateway.cancel_intent(intent.id, call=call)
    except GatewayRefused:
        return "OrphanIntents"
    return "OrphanIntentsCancelled"


def _orphan(deps: ReconciliationDeps, intent: Intent, booking_id: str, *, known_booking: bool) -> Discrepancy:
    now = deps.clock.now()
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
