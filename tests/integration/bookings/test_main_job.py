"""The main life of a booking through the use cases, on the real database."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from common.application.bookings.create import BookingInput, create_booking, open_payment
from common.application.payments.operations.execute import OperationBusy
from common.application.payments.operations.leases import LEASE
from common.domain.bookings.booking import BookingStatus, PayoutState
from common.domain.bookings.charges import PaymentState
from common.domain.payments.ledger import LedgerLine, balance
from common.domain.shared.errors import (
    ActionNotAvailable,
    Forbidden,
    IdempotencyKeyReused,
    SlotUnavailable,
    Unavailable,
)

from tests.factories.users import make_user
from tests.fakes.payment_gateway import Fault
from tests.support.booking_world import ADDRESS
from tests.support.identity import store_user

if TYPE_CHECKING:
    from common.domain.bookings.booking import Booking
    from common.domain.payments.operations import PaymentOperation

    from tests.support.booking_world import BookingWorld


async def ledger_of(world: BookingWorld, booking: Booking) -> list[LedgerLine]:
    return list(await world.container.payments.ledger.list_by_booking(booking.id))


async def test_from_booking_to_settlement(world: BookingWorld) -> None:
    booking = await world.completed()
    assert booking.status is BookingStatus.COMPLETED
    assert booking.payment is PaymentState.CAPTURED
    assert booking.payout is PayoutState.HELD

    await world.move_to(booking.slot.end_at + timedelta(hours=49))

    booking = await world.get(booking)
    assert booking.status is BookingStatus.SETTLED
    assert booking.payout is PayoutState.TRANSFERRED
    lines = await ledger_of(world, booking)
    assert lines
    assert balance(lines) == 0
    steps = await world.history(booking)
    notified = [step for step in steps if not step.startswith("payment_")]
    assert notified == ["create", "confirm_payment", "accept", "remind", "remind", "start", "complete", "settle"]
    versions = [row.version for row in await world.deps.bookings.list_history(booking.id, limit=100)]
    assert versions == list(range(1, booking.version + 1))


async def test_events_are_published_and_marked(world: BookingWorld) -> None:
    booking = await world.accepted()

    assert "booking.requested" in world.publisher.types()
    assert "booking.accepted" in world.publisher.types()
    outbox = world.container.mongo.collection("outbox")
    assert await outbox.count_documents({"booking_id": booking.id, "published_at": None}) == 0


async def test_a_dead_queue_loses_nothing(world: BookingWorld) -> None:
    world.publisher.is_unavailable = True
    booking = await world.requested()

    assert booking.status is BookingStatus.REQUESTED
    outbox = world.container.mongo.collection("outbox")
    assert await outbox.count_documents({"booking_id": booking.id, "published_at": None}) > 0


async def test_an_unpaid_booking_expires_and_frees_its_time(world: BookingWorld) -> None:
    booking = await world.book()
    world.clock.advance(minutes=15)

    assert await world.sweep() == {"payment_checked": 1}
    await world.drain()

    assert (await world.get(booking)).status is BookingStatus.PAYMENT_EXPIRED
    again = await world.book(booking.slot.start_at)
    assert again.status is BookingStatus.PENDING_PAYMENT


async def test_a_payment_at_the_last_moment_beats_the_expiry(world: BookingWorld) -> None:
    booking = await world.book()
    world.clock.advance(minutes=15)
    world.give_card(booking)

    await world.sweep()
    await world.drain()

    assert (await world.get(booking)).status is BookingStatus.REQUESTED


async def test_nobody_books_their_own_service(world: BookingWorld) -> None:
    with pytest.raises(Forbidden) as refused:
        await world.book(customer=world.provider_user)
    assert refused.value.wire_code == "own_service"


async def test_the_second_of_two_overlapping_bookings_is_refused(world: BookingWorld) -> None:
    booking = await world.book()
    other = await store_user(world.container, make_user())

    with pytest.raises(SlotUnavailable):
        await world.book(booking.slot.start_at + timedelta(minutes=30), customer=other)


async def test_a_repeated_request_finds_its_booking_after_stripe_was_unavailable(world: BookingWorld) -> None:
    start = world.start_in(days=2)
    world.gateway.faults.append(Fault.AWAY)
    with pytest.raises(Unavailable):
        await world.book(start, key="key-1")

    world.clock.advance(minutes=1)
    booking = await world.book(start, key="key-1")

    assert booking.first_charge.payment_intent_id is not None
    assert await world.container.mongo.collection("bookings").count_documents({}) == 1
    assert len(world.gateway.intents) == 1


async def _left_by_an_outage(world: BookingWorld) -> tuple[BookingInput, Booking]:
    """A request whose booking stands and whose payment is due to be opened again, and that booking."""
    request = BookingInput(service_id=world.service.id, start_at=world.start_in(days=2), address=ADDRESS)
    world.gateway.faults.append(Fault.AWAY)
    with pytest.raises(Unavailable):
        await create_booking(world.deps, world.customer.id, request, idempotency_key="key-1")
    world.clock.advance(minutes=1)
    made = await world.container.bookings.bookings.find_by_idempotency_key(world.customer.id, "key-1")
    assert made is not None
    return request, made


async def _leased(world: BookingWorld, booking: Booking) -> PaymentOperation:
    """The booking's payment as another worker has it."""
    operations, now = world.container.payments.operations, world.clock.now()
    [operation] = await operations.list_by_booking(booking.id)
    leased = await operations.claim(operation.id, now, now + LEASE)
    assert leased is not None
    return leased


async def test_a_repeated_request_waits_for_the_one_that_opens_its_payment(world: BookingWorld) -> None:
    request, made = await _left_by_an_outage(world)
    leased = await _leased(world, made)

    repeated = asyncio.create_task(create_booking(world.deps, world.customer.id, request, idempotency_key="key-1"))
    done, _ = await asyncio.wait({repeated}, timeout=1)
    assert not done, "answered without what the customer has to do"
    await world.container.payments.operations.release(leased, world.clock.now())

    booking, action = await repeated
    assert booking.id == made.id
    assert action is not None
    assert action.client_secret


async def test_a_repeated_request_never_answers_before_its_payment_is_open(
    world: BookingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("common.application.bookings.create._OTHERS_SECONDS", 0)
    request, made = await _left_by_an_outage(world)
    await _leased(world, made)

    with pytest.raises(OperationBusy):
        await create_booking(world.deps, world.customer.id, request, idempotency_key="key-1")


async def test_a_payment_opened_after_its_booking_was_read_is_still_shown(world: BookingWorld) -> None:
    request, stale = await _left_by_an_outage(world)
    await create_booking(world.deps, world.customer.id, request, idempotency_key="key-1")

    booking, action = await open_payment(world.deps, stale)

    assert booking.first_charge.payment_intent_id is not None
    assert action is not None
    assert action.client_secret


async def test_a_key_does_not_stand_for_another_booking(world: BookingWorld) -> None:
    booking = await world.book(key="key-1")

    with pytest.raises(IdempotencyKeyReused):
        await world.book(booking.slot.start_at + timedelta(days=1), key="key-1")


async def test_a_price_edited_later_changes_no_booking(world: BookingWorld) -> None:
    booking = await world.requested()
    await world.container.services.update(
        world.service.id, {"price": {"amount": 99, "currency": "nzd"}}, now=world.clock.now()
    )

    assert (await world.get(booking)).price.total.amount == 12_500


async def test_a_refused_action_tells_what_is_possible(world: BookingWorld) -> None:
    booking = await world.requested()

    with pytest.raises(ActionNotAvailable) as refused:
        await world.act(booking, "start", world.provider_user, {"code": "000000"})

    assert refused.value.extra["booking_status"] == "requested"
    assert set(refused.value.extra["available_actions"]) == {"accept", "decline", "cancel"}
