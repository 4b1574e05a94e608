"""What must hold after every single change of a booking, no matter who made it and however late."""

from __future__ import annotations

from typing import TYPE_CHECKING

from common.domain.bookings.booking import Booking, BookingChange, BookingStatus, PayoutState
from common.domain.bookings.charges import PaymentState
from common.domain.bookings.state_machine import OCCUPYING, TERMINAL
from common.domain.bookings.state_machine.money_plan import received
from common.domain.payments.ledger import Account, balance
from common.domain.payments.operations import Purpose
from common.domain.scheduling.slot_cells import claim_ids

if TYPE_CHECKING:
    from tests.unit.domain.bookings.walk import Node


def check_change(node: Node, change: BookingChange) -> Node:
    """Assert every invariant of a change made at a node; gives the node it leads to."""
    from tests.unit.domain.bookings.walk import Node, add_balances

    check_audit(node.booking, change)
    check_operations(node.booking, change)
    check_entries(change)
    claims = check_claims(node.claims, change)
    balances = add_balances(node.balances, change)
    check_books(change.booking, dict(balances))
    check_money(change.booking)
    check_charges(change)
    return Node(change.booking, node.position, balances, claims)


def check_audit(before: Booking, change: BookingChange) -> None:
    """Every change is one version and one audit row; what is terminal stays."""
    after = change.booking
    assert change.expected_version == before.version
    assert after.version == before.version + 1
    (row,) = change.history
    assert (row.from_status, row.to_status, row.version) == (before.status, after.status, after.version)
    assert row.note
    if before.status is not after.status:
        assert row.changed["status"] == {"from": before.status, "to": after.status}
    if before.status in TERMINAL:
        assert after.status is before.status


def check_operations(before: Booking, change: BookingChange) -> None:
    """At most one operation is in flight, each new one is announced, and none repeats a sequence."""
    after = change.booking
    assert sum(not each.needs_action for each in after.payment_details.open_operations) <= 1
    new = [operation for operation in change.operations if operation.sequence > before.operation_sequence]
    announced = [
        event.payload["operation_id"] for event in change.events if event.type == "payment.operation_requested"
    ]
    assert announced == [operation.id for operation in new]
    for operation in new:
        assert operation.amount.amount > 0
        if operation.purpose is Purpose.TRANSFER:
            assert after.captured_amount > 0
            assert after.status in {BookingStatus.SETTLED, BookingStatus.CANCELLED}


def check_entries(change: BookingChange) -> None:
    """Every ledger entry sums to zero."""
    for entry_id in {line.entry_id for line in change.ledger}:
        assert balance(line for line in change.ledger if line.entry_id == entry_id) == 0


def check_claims(held: frozenset[str], change: BookingChange) -> frozenset[str]:
    """The slots held are exactly the booking's own and its proposal's, of every resource; a dead booking holds none."""
    booking = change.booking
    released = change.released_claim_ids
    assert len(set(released)) == len(released)
    assert set(released) <= held
    after = (held - set(released)) | {claim.id for claim in change.claims}
    named = (booking.claim_id, booking.reschedule and booking.reschedule.claim_id)
    assert after == {each for name in named if name for each in claim_ids(name, booking.resource_ids)}
    assert {claim.resource_id for claim in change.claims} in (set(), set(booking.resource_ids))
    if booking.status not in OCCUPYING:
        assert not after
    return after


def check_books(booking: Booking, balances: dict[str, int]) -> None:
    """The ledger says the same as the booking's amounts."""
    details = booking.payment_details
    kept = booking.captured_amount - booking.refunded_amount - booking.charged_back_amount
    with_provider = received(booking) - details.debt_amount
    assert sum(balances.values()) == 0
    assert balances.get(Account.HELD, 0) == -(kept - with_provider - booking.commission_amount)
    assert balances.get(Account.COMMISSION, 0) == -booking.commission_amount
    assert balances.get(Account.PROVIDER, 0) == details.debt_amount
    assert balances.get(Account.SET_OFF, 0) == -details.set_off_amount


def check_money(booking: Booking) -> None:
    """Money is where the status says, or on its way there, or a person has been called."""
    details = booking.payment_details
    net = booking.captured_amount - booking.refunded_amount
    assert 0 <= booking.refunded_amount <= booking.captured_amount
    in_time = [each for each in booking.charges if each is booking.first_charge or each.line_ids]
    assert sum(each.captured_amount for each in in_time) <= booking.price.total.amount
    assert 0 <= details.debt_amount <= max(received(booking), 0)
    assert received(booking) <= booking.captured_amount
    if booking.payout in {PayoutState.HELD, PayoutState.TRANSFERRED}:
        assert booking.captured_amount > 0
    moving = bool(details.open_operations) or details.needs_attention
    if booking.status in TERMINAL:
        assert details.due_amount is not None
        if not moving:
            assert booking.payment is not PaymentState.AUTHORIZED
            assert net <= details.due_amount or booking.charged_back_amount
            _check_finished(booking)
    if booking.status in {BookingStatus.PAYMENT_EXPIRED, BookingStatus.DECLINED, BookingStatus.EXPIRED}:
        assert net == 0


def check_charges(change: BookingChange) -> None:
    """Each charge takes no more than was agreed and gives no more than it took; what is held is held by its lines."""
    booking = change.booking
    lines = [line.id for each in booking.charges for line in booking.lines_of(each.id)]
    assert sorted(lines) == sorted(line.id for line in booking.price.lines)
    paying = [each for each in booking.charges if each is booking.first_charge or each.line_ids]
    assert sum(each.amount for each in paying) == booking.price.total.amount
    for charge in booking.charges:
        assert 0 <= charge.refunded_amount <= charge.captured_amount <= charge.amount
        assert charge.charged_back_amount <= charge.captured_amount - charge.refunded_amount
        assert charge.transferred_amount == sum(each.amount for each in charge.transfers)
        assert charge.reversed_amount == sum(each.reversed_amount for each in charge.transfers)
        assert (charge.authorized_amount > 0) == (charge.state is PaymentState.AUTHORIZED)
    known = {each.id for each in booking.charges}
    assert {each.charge_id for each in change.operations} <= known
    for entry_id in {line.entry_id for line in change.ledger}:
        assert len({line.charge_id for line in change.ledger if line.entry_id == entry_id} & known) == 1
    has_extras = booking.extra is not None or len(paying) > 1
    assert booking.extra is None or booking.status in {BookingStatus.ACCEPTED, BookingStatus.IN_PROGRESS}
    assert has_extras or booking.price.total.amount == booking.first_charge.amount


def _check_finished(booking: Booking) -> None:
    """Nothing is left to move: the held money has been allotted to the last cent.

    What is owed back while a chargeback stands is nobody's share, and stays held.
    """
    details = booking.payment_details
    if details.is_payout_released:
        kept = booking.captured_amount - booking.refunded_amount - booking.charged_back_amount
        if booking.charged_back_amount and details.due_amount is not None:
            kept = min(kept, details.due_amount)
        with_provider = received(booking) - details.debt_amount
        assert kept == with_provider + booking.commission_amount
