"""What must hold in the database and at Stripe whatever happened to bookings, in whatever order."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING

from common.adapters.mongo.shared.documents import from_document
from common.application.ports.payments.gateway import Intent, PaymentIntentStatus
from common.domain.bookings.booking import Booking, BookingStatus, PayoutState
from common.domain.bookings.charges import PaymentState
from common.domain.bookings.state_machine import OCCUPYING, TERMINAL
from common.domain.payments.operations import OperationStatus
from common.domain.scheduling.slot_cells import claim_ids

if TYPE_CHECKING:
    from tests.support.booking_world import BookingWorld

OPEN = {OperationStatus.PENDING, OperationStatus.UNCERTAIN}


async def check_everything(world: BookingWorld, *, at_rest: bool) -> list[Booking]:
    """Assert every invariant over all bookings.

    Args:
        world: whose database and Stripe are looked at.
        at_rest: whether the payments queue has been drained, so that Stripe must agree with the books.

    Returns:
        The bookings.
    """
    rows = world.container.mongo.collection("bookings").find()
    bookings = [from_document(Booking, row) async for row in rows]
    await _check_claims(world, bookings)
    await _check_history(world, bookings)
    await _check_ledgers(world)
    for booking in bookings:
        _check_money(booking)
        assert booking.next_due_at is not None or booking.status in TERMINAL, booking.status
    if at_rest:
        world.gateway.let_lapse()
        for booking in bookings:
            await _check_stripe(world, booking)
    return bookings


async def _check_claims(world: BookingWorld, bookings: list[Booking]) -> None:
    """Time is held by what occupies it, by open proposals and by quotes that stand, and by nothing else.

    Nothing overlaps.
    """
    quotes = world.container.mongo.collection("offers").find({"status": "open", "claim_id": {"$type": "string"}})
    expected = {each async for row in quotes for each in claim_ids(row["claim_id"], row["resource_ids"])}
    for booking in bookings:
        if booking.status in OCCUPYING:
            assert booking.claim_id is not None
            expected |= set(claim_ids(booking.claim_id, booking.resource_ids))
        if booking.reschedule is not None:
            assert booking.status is BookingStatus.ACCEPTED
            expected |= set(claim_ids(booking.reschedule.claim_id, booking.resource_ids))
    claims = [row async for row in world.container.mongo.collection("slot_claims").find({"purpose": {"$ne": "intent"}})]
    kept = {row["_id"] for row in claims}
    assert kept <= expected
    # A proposal's hold that has expired may have given way to somebody else's booking.
    for booking in bookings:
        if booking.reschedule is not None and booking.reschedule.expires_at <= world.clock.now():
            expected -= set(claim_ids(booking.reschedule.claim_id, booking.resource_ids))
    assert expected <= kept
    cells = [(row["resource_id"], cell) for row in claims for cell in row["cells"]]
    assert len(cells) == len(set(cells))


async def _check_history(world: BookingWorld, bookings: list[Booking]) -> None:
    """Every version of every booking has exactly one audit row, and the rows join up."""
    rows = defaultdict(list)
    async for row in world.container.mongo.collection("booking_history").find().sort("version", 1):
        rows[row["booking_id"]].append(row)
    for booking in bookings:
        trail = rows.pop(booking.id)
        assert [row["version"] for row in trail] == list(range(1, booking.version + 1))
        for before, after in pairwise(trail):
            assert after["from_status"] == before["to_status"]
            assert before["to_status"] not in {each.value for each in TERMINAL} or (
                after["to_status"] == before["to_status"]
            )
        assert trail[-1]["to_status"] == booking.status
    assert not rows


async def _check_ledgers(world: BookingWorld) -> None:
    """Every entry of every booking sums to zero."""
    sums: dict[str, int] = defaultdict(int)
    async for row in world.container.mongo.collection("ledger_entries").find():
        sums[row["entry_id"]] += row["amount"]["amount"]
    assert not any(sums.values())


def _check_money(booking: Booking) -> None:
    assert 0 <= booking.refunded_amount <= booking.captured_amount <= booking.price.total.amount
    assert booking.transferred_amount == 0 or booking.captured_amount > 0
    if booking.payout is PayoutState.TRANSFERRED:
        assert booking.status in {BookingStatus.SETTLED, BookingStatus.CANCELLED}


async def _check_stripe(world: BookingWorld, booking: Booking) -> None:
    """Nothing is in flight, and what Stripe has moved is what the books say."""
    operations = await world.container.payments.operations.list_by_booking(booking.id)
    assert not [each for each in operations if each.status in OPEN]
    details = booking.payment_details
    intents = [each for each in world.gateway.intents.values() if each.metadata.get("booking_id") == booking.id]
    assert sum(each.amount_received for each in intents) == booking.captured_amount
    made = [move for each in intents for move in world.gateway.refunds.get(each.id, [])]
    refunds = [move.amount for move in made if move.status == "succeeded"]
    assert sum(refunds) == booking.refunded_amount
    assert sum(move.amount for move in world.gateway.transfers.get(booking.id, [])) == booking.transferred_amount
    held = [each for each in intents if each.status is PaymentIntentStatus.REQUIRES_CAPTURE]
    assert len(held) == (booking.payment is PaymentState.AUTHORIZED), (booking.status, booking.payment, held)
    if booking.status in TERMINAL and not details.needs_attention and not booking.first_charge.is_charge_failed:
        _check_settled(booking, intents)


def _check_settled(booking: Booking, intents: list[Intent]) -> None:
    """A booking that is over owes nobody anything: neither a hold nor more money than was due."""
    details = booking.payment_details
    assert not [each for each in intents if each.status is PaymentIntentStatus.REQUIRES_CAPTURE]
    assert details.due_amount is not None
    assert booking.captured_amount - booking.refunded_amount == details.due_amount
