"""An exhaustive walk over the state machine: every reachable state at every position of the clock.

A node is a booking, a clock position and the balances of its ledger. From each node the walk tries every action of
every actor with every sample input, every due timer, every answer of Stripe to every open operation, every step of a
chargeback, and the next position of the clock. Firing a due timer is a choice like any other, so that late and lost
timers are walked too.
"""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from common.domain.bookings.state_machine import (
    TERMINAL,
    Agreed,
    ChargebackOutcome,
    apply_chargeback,
    apply_payment_result,
    create,
    due_action,
    fire,
    get_available_booking_actions,
    perform,
)
from common.domain.bookings.state_machine.verdict import SlotVerdict
from common.domain.payments.operations import OperationStatus, PaymentOperation, PaymentResult, Purpose
from common.domain.shared.errors import InvalidInput
from common.domain.shared.money import Money

from tests.unit.domain.bookings import invariants as booking_invariants
from tests.unit.domain.bookings.support import (
    CUSTOMER,
    NOW,
    OPERATOR,
    PROVIDER,
    VISIT,
    make_new_booking,
    make_provider,
    make_service,
    succeeded,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from common.domain.bookings.booking import Actor, Booking, BookingChange, BookingStatus, OpenOperation, Place
    from common.domain.bookings.charges import Charge
    from common.domain.bookings.settings import BookingSettings

Key = tuple[Any, ...]
#: Clock positions at the end that only give timers the time to fire.
AFTERMATH = 2
_WAITABLE = frozenset({Purpose.AUTHORIZE, Purpose.SAVE_CARD, Purpose.CHARGE_FEE})


@dataclass(frozen=True)
class Scenario:
    """What is booked, and which disturbances the walk tries besides everybody's actions."""

    name: str
    settings: BookingSettings
    start_in: timedelta = timedelta(days=4)
    auto_accept: bool = False
    agreed: Agreed | None = None
    failing: frozenset[Purpose] = frozenset()
    chargebacks: bool = False
    reschedules: bool = False
    moves: bool = False
    resource_ids: tuple[str, ...] = ()
    refunds: bool = False
    extras: bool = False
    skipped: tuple[str, ...] = ()
    place: Place = VISIT
    actors: tuple[Actor, ...] = (CUSTOMER, PROVIDER, OPERATOR)


@dataclass(frozen=True)
class Node:
    """A booking at a clock position with the balances of its ledger and the claims it holds."""

    booking: Booking
    position: int
    balances: tuple[tuple[str, int], ...] = ()
    claims: frozenset[str] = frozenset()


@dataclass
class Walk:
    """The explored graph: how many nodes and edges, which system-only edges, what was seen."""

    scenario: Scenario
    clock: list[datetime]
    nodes: dict[Key, Node] = field(default_factory=dict)
    system_edges: dict[Key, list[Key]] = field(default_factory=dict)
    actions: Counter[str] = field(default_factory=Counter)
    edges: int = 0

    def run(self) -> None:
        """Explore everything that can be reached."""
        queue = deque([self._add(first_node(self.scenario))])
        while queue:
            key = queue.popleft()
            node = self.nodes[key]
            for is_system, following in self._following(node):
                self.edges += 1
                next_key = node_key(following)
                if next_key not in self.nodes:
                    self.nodes[next_key] = following
                    queue.append(next_key)
                if is_system:
                    self.system_edges.setdefault(next_key, []).append(key)

    def stranded(self) -> list[Node]:
        """Nodes from which the system alone cannot end the booking, given the time of the last positions."""
        ended = deque(key for key, node in self.nodes.items() if node.booking.status in TERMINAL)
        safe = set(ended)
        while ended:
            for previous in self.system_edges.get(ended.popleft(), []):
                if previous not in safe:
                    safe.add(previous)
                    ended.append(previous)
        judged = len(self.clock) - AFTERMATH
        return [node for key, node in self.nodes.items() if key not in safe and node.position < judged]

    def statuses(self) -> set[BookingStatus]:
        return {node.booking.status for node in self.nodes.values()}

    def _add(self, node: Node) -> Key:
        key = node_key(node)
        self.nodes[key] = node
        return key

    def _following(self, node: Node) -> Iterator[tuple[bool, Node]]:
        now = self.clock[node.position]
        for is_system, change in self._changes(node.booking, now):
            self.actions[change.history[0].action] += 1
            yield is_system, booking_invariants.check_change(node, change)
        if node.position + 1 < len(self.clock):
            yield True, Node(node.booking, node.position + 1, node.balances, node.claims)

    def _changes(self, booking: Booking, now: datetime) -> Iterator[tuple[bool, BookingChange]]:
        settings = self.scenario.settings
        action = due_action(booking, now, settings)
        if action is not None:
            fired = fire(booking, action, now, settings)
            assert fired is not None, f"{action} is due and does nothing"
            yield True, fired
        for change in self._answers(booking, now):
            yield True, change
        if self.scenario.chargebacks:
            for hit in self._chargebacks(booking, now):
                yield False, hit
        for actor in self.scenario.actors:
            for offer in get_available_booking_actions(booking, actor, now, settings):
                for given in self._inputs(offer.action_name, booking, now):
                    try:
                        yield False, perform(booking, offer.action_name, actor, given, now, settings)
                    except InvalidInput:
                        assert given, "an action without input must never refuse it"

    def _answers(self, booking: Booking, now: datetime) -> Iterator[BookingChange]:
        for opened in booking.payment_details.open_operations:
            operation = operation_of(booking, opened)
            results = [succeeded(operation)]
            if opened.purpose in self.scenario.failing:
                results.append(PaymentResult(status=OperationStatus.FAILED, failure_code="declined"))
                charge = booking.charge(opened.charge_id)
                if opened.purpose is Purpose.CAPTURE and charge.capture_before:
                    stands = {"capture_before": charge.capture_before}
                    results.append(results[-1].model_copy(update=stands))
                if opened.purpose in _WAITABLE:
                    results.append(results[-1].model_copy(update={"payment_intent_id": "pi_1"}))
                    results.append(PaymentResult(status=OperationStatus.REQUIRES_ACTION))
            for result in results:
                change = apply_payment_result(booking, operation, result, now, self.scenario.settings)
                if change is not None:
                    again = apply_payment_result(change.booking, operation, result, now, self.scenario.settings)
                    assert again is None, "a repeated result must do nothing"
                    yield change

    def _chargebacks(self, booking: Booking, now: datetime) -> Iterator[BookingChange]:
        # A won chargeback may be reopened any number of times, which would be lives without end.
        for outcome in set(ChargebackOutcome) - {ChargebackOutcome.REOPENED}:
            for number, charge in enumerate(booking.charges, 1):
                amount = charge.captured_amount - charge.refunded_amount
                if amount or charge.dispute_ids:
                    dispute, settings = f"dp_{number}", self.scenario.settings
                    hit = apply_chargeback(booking, charge.id, dispute, outcome, amount, now, settings)
                    if hit is not None:
                        yield hit

    def _inputs(self, action: str, booking: Booking, now: datetime) -> list[dict[str, Any]]:
        given, start = sample_inputs(action, booking), NOW + self.scenario.start_in
        moves: tuple[timedelta, ...] = ()
        if action == "refund" and not self.scenario.refunds:
            return []
        if action == "propose_extra" and not self.scenario.extras:
            return []
        if action == "move":
            moves = (timedelta(0), timedelta(minutes=-30), timedelta(days=10)) if self.scenario.moves else ()
            return [{"start_at": start + move, "reason": "agreed by phone"} for move in moves]
        if action == "propose_reschedule":
            moves = (timedelta(minutes=30), timedelta(days=10)) if self.scenario.reschedules else ()
            return [{"start_at": start + move} for move in moves if now < NOW + move]
        return given


def sample_inputs(action: str, booking: Booking) -> list[dict[str, Any]]:
    """Valid inputs of an action for this booking; one empty one where nothing is asked."""
    total = booking.price.total.amount
    samples: dict[str, list[dict[str, Any]]] = {
        "start": [{"code": booking.start_code} if booking.place.kind.is_in_person else {}],
        "set_online_link": [{"online_link": "https://meet.example.com/a"}],
        "contest": [{"reason": "not as agreed"}],
        "open_dispute": [{"reason": "not as agreed"}],
        "add_evidence": [{"text": "what I know"}],
        "resolve": [{"refund_amount": refund, "reason": "decided"} for refund in (0, total // 4, total)],
        "propose_extra": [{"label": "The hedge too", "amount": 3_000}],
        "refund": [{"amount": total // 4, "reason": "goodwill"}],
        "move": [{"start_at": booking.slot.start_at + timedelta(days=10), "reason": "agreed by phone"}],
        "propose_reschedule": [{"start_at": booking.slot.start_at + timedelta(days=10)}],
    }
    return samples.get(action, [{}])


def first_node(scenario: Scenario) -> Node:
    """The booking as it is created."""
    service = make_service(auto_accept=scenario.auto_accept, resource_ids=list(scenario.resource_ids))
    new = make_new_booking(NOW + scenario.start_in, place=scenario.place, agreed=scenario.agreed)
    change = create(new, service, make_provider(), SlotVerdict(), NOW, scenario.settings)
    return Node(change.booking, 0, (), frozenset(claim.id for claim in change.claims))


def clock_positions(scenario: Scenario) -> list[datetime]:
    """Instants on both sides of every window, in order; the scenario may leave some out."""
    start = NOW + scenario.start_in
    end = start + timedelta(hours=1)
    positions = {
        "now": NOW,
        "hold over": NOW + timedelta(minutes=16),
        "answer late": NOW + timedelta(hours=25),
        "authorizing": start - timedelta(hours=47),
        "unpaid": start - timedelta(hours=11),
        "code open": start - timedelta(minutes=20),
        "absent": start + timedelta(minutes=20),
        "unstarted": end + timedelta(hours=3),
        "completing": end + timedelta(hours=25),
        "settling": end + timedelta(hours=49),
        "ratings over": end + timedelta(days=12),
        "aftermath": end + timedelta(days=45),
        "long after": end + timedelta(days=80),
    }
    return sorted(instant for name, instant in positions.items() if name not in scenario.skipped)


#: Fields of a booking that make two nodes differ; `node_key` looks at each.
WALKED = frozenset(
    {
        "status", "payment", "payout", "review", "slot", "payment_details", "charges", "accept_by", "started_at",
        "reschedule", "extra", "extra_count", "price",
        "reschedule_count", "notice_limit_minutes", "is_free_to_cancel", "no_show", "dispute", "chargeback_ids",
        "next_due_at", "next_due_action",
    }
)  # fmt: skip
#: Fields that no guard, effect or timer decides by, that stay as they are, or that follow from those above: the kind of
#: place never changes, and nothing follows from its link.
NOT_WALKED = frozenset(
    {
        "id", "version", "customer_id", "provider_id", "provider_user_id", "service_id", "service", "place", "notes",
        "access_notes", "policy", "resource_ids", "claim_id", "start_code", "hold_expires_at", "held_by",
        "accepted_at", "completed_at", "cancelled_at", "settled_at", "cancelled_by", "cancel_reason",
        "provider_away_since", "chargeback_fees", "reminders_sent", "operation_sequence", "idempotency_key",
        "job_request_id", "offer_id",
        "created_at", "updated_at",
    }
)  # fmt: skip


def node_key(node: Node) -> Key:
    """What makes two nodes the same: everything but identifiers, versions and texts."""
    booking = node.booking
    details = booking.payment_details
    dispute, no_show, proposal = booking.dispute, booking.no_show, booking.reschedule
    return (
        node.position,
        node.balances,
        booking.status,
        booking.payment,
        booking.payout,
        booking.review,
        booking.slot.start_at,
        booking.next_due_at,
        booking.next_due_action,
        booking.accept_by,
        booking.started_at is not None,
        booking.reschedule_count,
        booking.notice_limit_minutes,
        booking.is_free_to_cancel,
        tuple(booking.chargeback_ids),
        booking.extra is not None,
        booking.extra_count,
        tuple((line.kind, line.amount.amount) for line in booking.price.lines),
        proposal and (proposal.proposed_by, proposal.slot.start_at, proposal.expires_at),
        no_show and (no_show.absent, no_show.contest_until),
        dispute and (dispute.from_status, dispute.opened_at, dispute.first_approval_by, dispute.resolved_at is None),
        tuple((each.charge_id, each.purpose, each.amount, each.needs_action) for each in details.open_operations),
        tuple(_charge_key(each) for each in booking.charges),
        details.due_amount,
        details.debt_amount,
        details.debt_retry_at is None,
        details.is_payout_released,
        details.needs_attention,
        details.payment_method_id is None,
        min(details.failures, 2),
    )


def _charge_key(charge: Charge) -> Key:
    """What of a charge a guard, an effect or a timer reads."""
    return (
        charge.purpose,
        charge.state,
        charge.amount,
        charge.has_lapsed,
        charge.authorized_amount,
        charge.captured_amount,
        charge.refunded_amount,
        charge.charged_back_amount,
        charge.transferred_amount,
        charge.reversed_amount,
        len(charge.dispute_ids),
        charge.is_charge_failed,
    )


def add_balances(balances: tuple[tuple[str, int], ...], change: BookingChange) -> tuple[tuple[str, int], ...]:
    """The account balances after a change."""
    totals = Counter(dict(balances))
    for line in change.ledger:
        totals[line.account.value] += line.amount.amount
    return tuple(sorted((account, amount) for account, amount in totals.items() if amount))


def settle_down(node: Node, now: datetime, settings: BookingSettings) -> tuple[Booking, dict[str, int]]:
    """Let the system alone end the booking: Stripe agrees at once and every timer fires in time."""
    booking, balances = node.booking, node.balances
    for _ in range(60):
        flying = [each for each in booking.payment_details.open_operations if not each.needs_action]
        if flying:
            operation = operation_of(booking, flying[0])
            change = apply_payment_result(booking, operation, succeeded(operation), now, settings)
        elif booking.next_due_at is not None and booking.next_due_action is not None:
            now = max(now, booking.next_due_at)
            change = fire(booking, booking.next_due_action, now, settings)
        else:
            return booking, dict(balances)
        assert change is not None
        booking, balances = change.booking, add_balances(balances, change)
    raise AssertionError(f"still moving: {booking.next_due_action}")


def operation_of(booking: Booking, opened: OpenOperation) -> PaymentOperation:
    """The stored operation behind an open one."""
    return PaymentOperation(
        id=opened.id,
        booking_id=booking.id,
        charge_id=opened.charge_id,
        purpose=opened.purpose,
        amount=Money(amount=opened.amount, currency="nzd"),
        created_at=NOW,
        updated_at=NOW,
    )
