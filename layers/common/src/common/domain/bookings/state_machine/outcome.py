"""The end of every decision: slots freed, money planned, timer armed, parties notified, audit row written."""

from datetime import datetime
from typing import Any

from common.domain.bookings.booking import Actor, Booking, BookingChange, BookingStatus, HistoryEntry
from common.domain.bookings.settings import BookingSettings
from common.domain.bookings.state_machine.context import SYSTEM, Context, Draft
from common.domain.bookings.state_machine.extras import drop_extras
from common.domain.bookings.state_machine.money_plan import plan_money
from common.domain.bookings.state_machine.table import MONEY_TIMERS, OCCUPYING, TERMINAL, TIMED_TRANSITIONS
from common.domain.shared.events import Event, Topic, new_event
from common.domain.shared.ids import new_id
from common.domain.shared.state_machine import next_due as next_due_of

_AXES = ("status", "payment", "payout", "review")
_FACTS = (
    "accept_by",
    "reschedule_count",
    "notice_limit_minutes",
    "is_free_to_cancel",
    "cancel_reason",
    "extra",
    "no_show",
    "chargeback_ids",
)
#: Statuses that a request follows whose offer led to the booking.
_MATCHING_FACTS = frozenset(
    {
        BookingStatus.ACCEPTED,
        BookingStatus.PAYMENT_EXPIRED,
        BookingStatus.DECLINED,
        BookingStatus.EXPIRED,
        BookingStatus.CANCELLED,
    }
)
#: Statuses of its work, which a report follows if the request was made of one.
_WORK_FACTS = frozenset({BookingStatus.IN_PROGRESS, BookingStatus.COMPLETED})
_DECIDED = ("due_amount", "debt_amount", "set_off_amount", "last_error_code", "needs_attention")
_MOVED = (
    "authorized_amount",
    "captured_amount",
    "refunded_amount",
    "transferred_amount",
    "reversed_amount",
    "charged_back_amount",
    "commission_amount",
    "refund_failed_amount",
)


def begin(booking: Booking, now: datetime, **fields: Any) -> Draft:
    """A draft of the booking's next version."""
    return Draft(
        booking=booking.model_copy(update={"version": booking.version + 1, "updated_at": now, **fields}), now=now
    )


def free_slots(draft: Draft) -> Draft:
    """Free the booking's time once nothing can happen in it, and a proposal's once it cannot be accepted."""
    booking = draft.booking
    if booking.reschedule is not None and booking.status is not BookingStatus.ACCEPTED:
        draft = draft.release(booking.reschedule.claim_id).set(reschedule=None)
    if booking.claim_id is not None and booking.status not in OCCUPYING:
        draft = draft.release(booking.claim_id).set(claim_id=None)
    return draft


def finalize(draft: Draft, settings: BookingSettings) -> Draft:
    """What every change does after its effects.

    Slots are freed, extras lapse, money is planned, the network address is forgotten, the timer is armed.
    """
    draft = plan_money(drop_extras(free_slots(draft)))
    if draft.booking.status is not BookingStatus.PENDING_PAYMENT:
        draft = draft.set(held_by=None)
    due = next_due(draft.booking, settings)
    at, action = due or (None, None)
    return draft.set(next_due_at=at, next_due_action=action)


def next_due(booking: Booking, settings: BookingSettings) -> tuple[datetime, str] | None:
    """The booking's earliest system action and its instant; the table's order decides between equals."""
    return next_due_of(TIMED_TRANSITIONS, Context(booking, SYSTEM, booking.updated_at, settings))


def is_life_over(booking: Booking) -> bool:
    """Whether the booking's money is final: no operation, no payment timer, and no decision is open."""
    details = booking.payment_details
    waits = details.open_operations or details.needs_attention or booking.next_due_action in MONEY_TIMERS
    return booking.status in TERMINAL and not waits


def to_change(before: Booking | None, draft: Draft, actor: Actor, action: str, note: str) -> BookingChange:
    """The finished change with its one audit row; what it means for a request that led to the booking is told too."""
    booking, events = draft.booking, list(draft.events)
    if fact := _fact(before, booking, draft.now):
        events.append(fact)
    entry = HistoryEntry(
        id=new_id("his", draft.now),
        booking_id=booking.id,
        version=booking.version,
        action=action,
        actor=actor,
        from_status=before.status if before else None,
        to_status=booking.status,
        note=note,
        changed=changed_fields(before, booking),
        at=draft.now,
    )
    return BookingChange(
        expected_version=before.version if before else None,
        booking=booking,
        history=[entry],
        events=events,
        claims=list(draft.claims),
        released_claim_ids=list(draft.released_claim_ids),
        limits=list(draft.limits),
        operations=list(draft.operations),
        canceled_operation_ids=list(draft.canceled_operation_ids),
        ledger=list(draft.ledger),
    )


def _fact(before: Booking | None, after: Booking, now: datetime) -> Event | None:
    """What a booking made by an offer tells: its request of an acceptance or early end, a report of its work."""
    if after.job_request_id is None or before is None or before.status is after.status:
        return None
    if after.status not in _MATCHING_FACTS | _WORK_FACTS:
        return None
    topic = Topic.MATCHING if after.status in _MATCHING_FACTS else Topic.REPORTS
    event = new_event(topic, f"booking.{after.status.value}", now, booking_id=after.id)
    return event.model_copy(update={"payload": {"booking_id": after.id, "job_request_id": after.job_request_id}})


def changed_fields(before: Booking | None, after: Booking) -> dict[str, Any]:
    """Old and new value of each audited field that differs; secrets and Stripe's identifiers are left out."""
    old, new = _audited(before) if before else {}, _audited(after)
    return {
        name: {"from": _plain(old.get(name)), "to": _plain(value)}
        for name, value in new.items()
        if old.get(name) != value and (before or value)
    }


def _audited(booking: Booking) -> dict[str, Any]:
    fields = {name: getattr(booking, name) for name in (*_AXES, *_FACTS)}
    dispute = booking.dispute
    fields["dispute"] = dispute.model_dump(mode="json", exclude={"evidence"}) if dispute else None
    fields["pieces_of_evidence"] = len(dispute.evidence) if dispute else 0
    fields["start_at"] = booking.slot.start_at
    fields["proposed_start_at"] = booking.reschedule.slot.start_at if booking.reschedule else None
    fields["capture_before"] = booking.first_charge.capture_before
    fields |= {name: getattr(booking.payment_details, name) for name in _DECIDED}
    return fields | {name: getattr(booking, name) for name in _MOVED}


def _plain(value: Any) -> Any:
    """A JSON value: what the audit trail and its readers can store and show."""
    if isinstance(value, datetime):
        return value.isoformat()
    dump = getattr(value, "model_dump", None)
    return dump(mode="json") if dump else value
