"""Comparing bookings, ledger and Stripe; repairing what is safe to repair by rule, reporting the rest.

Repaired by rule: operations whose next try is overdue and Stripe events that were never processed are queued again;
an intent of ours that nobody holds a claim to is cancelled as long as it reserves nothing. Everything else is for a
person: it is listed for operators, who are told of what is new.

A run is made of phases (``phases``) that find what is to be compared and remember it; comparing is a phase
of its own, and what is more than one run compares is spread over the payments workers by their queue.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from common.application.payments.reconciliation.deps import ReconciliationDeps
from common.application.payments.reconciliation.phases import DUE, FIRST_PERIOD, PHASES, Step
from common.application.ports.payments.reconciliation import (
    DueReconciliation,
    DueReconciliations,
    PaymentReviews,
    Progress,
)
from common.application.ports.shared.clock import Clock
from common.application.shared.deadline import seconds_left
from common.application.shared.publishing import publish_committed
from common.domain.bookings.booking import Booking
from common.domain.bookings.discrepancies import COUNTS, Difference, Discrepancy, compare
from common.domain.payments.operations import Purpose
from common.domain.shared.display import money_text
from common.domain.shared.errors import Unavailable
from common.domain.shared.events import Event, Topic, new_event
from common.domain.shared.money import Money

#: So many differences are told in one message; all of them are listed.
_MOST_TOLD = 20
#: So many are taken into one message's count; what is more is told by the next run.
_MOST_COUNTED = 500
#: A booking is not begun with less than this: a few calls to Stripe, and what is recorded of them.
_SECONDS_EACH = 5.0
_MAKES_PAYMENT = frozenset({Purpose.AUTHORIZE, Purpose.CHARGE_FEE})
#: The phases whose instant says how far they have come.
_DATED = ("intents", "moved", "touched")


async def reconcile_payments(deps: ReconciliationDeps, *, has_time: Callable[[], bool]) -> Counter[str]:
    """One run: a bounded step of each phase in turn, until nothing is left or the time is up.

    Phases take turns over the runs too, the one that waited longest first, and each keeps its own place, so that a run
    of any length brings all of them on and none moves back. Runs may overlap: of two that take one step, one is kept.

    Returns:
        Counts by metric name.

    Raises:
        Exception: the first fault met, such as ``Unavailable`` where Stripe is unavailable, after every other phase had
            its turn; the phase goes on from its place in the next run.
    """
    now = deps.clock.now()
    counts: Counter[str] = Counter()
    places = {name: await _place(deps, name, now) for name in PHASES}
    waiting = sorted(PHASES, key=lambda name: places[name].turn)
    turn = max(place.turn for place in places.values())
    faults: list[Exception] = []
    stopped: set[str] = set()
    while waiting and has_time():
        name, turn = waiting.pop(0), turn + 1
        has_more, reached, before = False, places[name], len(faults)
        try:
            step = Step(deps, reached, now, has_time, counts, faults, compare_booking)
            reached, has_more = await PHASES[name](step)
        except Exception as fault:  # noqa: BLE001 - what one phase meets must not stop the others
            faults.append(fault)
        if len(faults) > before:
            stopped.add(name)
        places[name] = reached.model_copy(update={"turn": turn, "revision": reached.revision + 1})
        if await deps.reviews.save_progress(places[name]) and has_more:
            waiting.append(name)
        if DUE not in {*waiting, *stopped, name}:
            waiting.append(DUE)  # what the others have found
    counts["NewDiscrepancies"] = await _tell_operators(deps, now)
    if faults:
        raise faults[0]
    return counts


async def reconcile_booking(deps: ReconciliationDeps, booking: Booking) -> Sequence[Discrepancy]:
    """Compare one booking with its ledger and Stripe, and record what differs; returns all that does."""
    operations = await deps.operations.list_by_booking(booking.id)
    made = [each.stripe_id for each in operations if each.purpose in _MAKES_PAYMENT and each.stripe_id]
    current = [each.payment_intent_id for each in booking.charges if each.payment_intent_id]
    intent_ids = sorted({*made, *current})
    stripe = await deps.records.get_books(booking.id, intent_ids)
    lines = await deps.ledger.list_by_booking(booking.id)
    now = deps.clock.now()
    found = [_discrepancy(booking, each, now) for each in compare(booking, lines, stripe)]
    await deps.reviews.report(found)
    await deps.reviews.resolve_others(booking.id, [each.id for each in found], now)
    return found


async def compare_booking(deps: ReconciliationDeps, due: DueReconciliation) -> int:
    """Compare a booking that waits for it; returns how many differences it has.

    Raises:
        Unavailable: Stripe or the database is unavailable; it waits on.
    """
    booking = await deps.bookings.get(due.booking_id)
    found = await reconcile_booking(deps, booking) if booking else []
    await deps.due.complete(due, deps.clock.now())
    return len(found)


class Compared(NamedTuple):
    """How many bookings were compared, and how many differences were found."""

    bookings: int
    differences: int


async def reconcile_requested(deps: ReconciliationDeps, event: Event) -> Compared:
    """Compare the bookings that a queued request names (``RECONCILIATION_REQUESTED``), as far as the time goes.

    What another worker has compared meanwhile is passed over, and what is not reached is due again at once.

    Raises:
        Unavailable: Stripe or the database is unavailable; the bookings wait on and are asked for again by a later run.
        Exception: the first fault that one booking met, after the others had their turn.
    """
    waiting = await deps.due.list_waiting(_named(event))
    compared, differences, faults = 0, 0, list[Exception]()
    for position, due in enumerate(waiting):
        if seconds_left() < _SECONDS_EACH:
            await deps.due.release(waiting[position:], deps.clock.now())
            break
        try:
            differences += await compare_booking(deps, due)
        except Unavailable:
            await deps.due.release(waiting[position + 1 :], deps.clock.now())
            raise
        except Exception as fault:  # noqa: BLE001 - what one booking meets must not stop the others; it is raised after them
            faults.append(fault)
        else:
            compared += 1
    if faults:
        raise faults[0]
    return Compared(compared, differences)


def _named(event: Event) -> Sequence[DueReconciliation]:
    """The bookings that a request names; the release before names one, in the payload itself."""
    named = event.payload.get("bookings", [event.payload])
    return [DueReconciliation(str(each["booking_id"]), int(each["revision"])) for each in named]


class LagDeps(Protocol):
    """What of reconciliation says how far behind it is."""

    @property
    def clock(self) -> Clock:
        """The clock."""
        ...

    @property
    def reviews(self) -> PaymentReviews:
        """How far phases have come."""
        ...

    @property
    def due(self) -> DueReconciliations:
        """Bookings that wait."""
        ...


async def reconciliation_lag(deps: LagDeps) -> int:
    """Age of the oldest booking or record that has not been compared yet, in seconds."""
    now = deps.clock.now()
    waiting = await deps.due.find_oldest()
    reached = [(await _place(deps, name, now)).verified_until for name in _DATED]
    return max(0, int((now - min([*reached, *([waiting] if waiting else [])])).total_seconds()))


async def has_reconciled(deps: LagDeps) -> bool:
    """Whether any run has brought a phase on, if only to what it met on its way."""
    return any([await deps.reviews.get_progress(name) for name in _DATED])


async def _place(deps: LagDeps, phase: str, now: datetime) -> Progress:
    return await deps.reviews.get_progress(phase) or Progress(id=phase, verified_until=now - FIRST_PERIOD)


async def _tell_operators(deps: ReconciliationDeps, now: datetime) -> int:
    """One message about all unreported differences; returns their number."""
    new = await deps.reviews.claim_unreported(limit=_MOST_COUNTED)
    if not new:
        return 0
    lines = [_line(each) for each in new[:_MOST_TOLD]]
    event = new_event(
        Topic.NOTIFICATIONS,
        "mail.requested",
        now,
        template="discrepancies_found",
        to_role="operator",
        data={"count": len(new), "lines": lines},
    )
    await deps.outbox.insert([event])
    await publish_committed(deps.outbox, deps.publisher, [event], deps.clock)
    return len(new)


def _line(each: Discrepancy) -> str:
    """A difference as a line of text for operators."""
    found, expected = str(each.found), str(each.expected)
    if each.currency and each.kind not in COUNTS:
        found, expected = (
            money_text(Money(amount=amount, currency=each.currency)) for amount in (each.found, each.expected)
        )
    return f"{each.kind.replace('_', ' ').capitalize()}: {found}, expected {expected} ({each.booking_id})"


def _discrepancy(booking: Booking, difference: Difference, now: datetime) -> Discrepancy:
    return Discrepancy(
        id=f"{booking.id}:{difference.kind}",
        booking_id=booking.id,
        kind=difference.kind,
        expected=difference.expected,
        found=difference.found,
        currency=booking.price.total.currency,
        stripe_id=booking.first_charge.payment_intent_id,
        first_seen_at=now,
        last_seen_at=now,
    )
