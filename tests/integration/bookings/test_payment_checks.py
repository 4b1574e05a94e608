"""Holds whose time is over ask Stripe first, one check at a time and further and further apart; and gone intents."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from common.application.payments.operations.checks import CheckPostponed, check_payment, wait_before_check
from common.application.payments.operations.sync import sync_booking_payment
from common.domain.bookings.booking import BookingStatus
from common.domain.bookings.charges import PaymentState
from common.domain.payments.operations import CHECK_REQUESTED, OBJECT_GONE
from common.domain.shared.errors import NotFound, Unavailable
from common.domain.shared.events import Topic

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any

    from common.domain.bookings.booking import Booking
    from common.domain.shared.events import Event

    from tests.support.booking_world import BookingWorld

READS = ("get_intent", "find_intent")


def checks(world: BookingWorld) -> list[Event]:
    return [each for each in world.publisher.events if each.type == CHECK_REQUESTED]


def failing(error: Exception) -> Callable[..., Coroutine[Any, Any, Any]]:
    async def raises(*_: object, **__: object) -> None:
        raise error

    return raises


async def slot_claims(world: BookingWorld) -> int:
    return await world.container.mongo.collection("slot_claims").count_documents({})


async def lapsed(world: BookingWorld) -> Booking:
    """A booking whose time to be paid is over."""
    booking = await world.book(world.start_in(days=3))
    world.clock.advance(minutes=61)
    return booking


async def test_a_check_that_nobody_takes_is_not_asked_for_again_within_the_hour(world: BookingWorld) -> None:
    await lapsed(world)
    for _ in range(55):
        await world.sweep()
        world.clock.advance(minutes=1)
    assert len(checks(world)) == 1
    world.clock.advance(minutes=10)
    await world.sweep()
    assert len(checks(world)) == 2


async def test_while_stripe_is_unavailable_checks_come_further_and_further_apart(world: BookingWorld) -> None:
    booking = await lapsed(world)
    for name in READS:
        setattr(world.gateway, name, failing(Unavailable("away")))
    worked = 0
    for _ in range(12 * 60):
        await world.sweep()
        for event in checks(world)[worked:]:
            with pytest.raises(CheckPostponed):
                await check_payment(world.container.payments, event)
            worked += 1
        world.clock.advance(minutes=1)
    assert 6 <= worked <= 12 * 2 + 6
    assert (await world.get(booking)).status is BookingStatus.PENDING_PAYMENT

    for name in READS:
        delattr(world.gateway, name)
    for _ in range(31):
        await world.sweep()
        await world.drain()
        world.clock.advance(minutes=1)
    assert (await world.get(booking)).status is BookingStatus.PAYMENT_EXPIRED
    assert await slot_claims(world) == 0


async def test_a_check_put_off_holds_up_no_other_timer(world: BookingWorld) -> None:
    booking = await world.accepted(world.start_in(days=4))
    await world.deps.bookings.postpone(booking.id, "expire_payment", until=world.clock.now() + timedelta(days=30))
    world.clock.set(booking.slot.start_at - timedelta(hours=1))
    await world.sweep()
    assert (await world.history(booking))[-1] == "remind"


async def test_counting_ends_with_a_commit(world: BookingWorld) -> None:
    booking = await world.book(world.start_in(days=3))
    repository = world.deps.bookings
    assert [await repository.increment_checks(booking.id) for _ in range(3)] == [1, 2, 3]
    await world.pay(booking)
    assert await repository.increment_checks(booking.id) == 1
    assert await repository.increment_checks("bkg_unknown") == 0


def test_checks_wait_longer_and_longer_up_to_half_an_hour() -> None:
    minutes = [wait_before_check(tries).total_seconds() / 60 for tries in range(8)]
    assert minutes == [1, 1, 2, 4, 8, 16, 30, 30]


@pytest.mark.parametrize("days", [3, 20])
async def test_an_intent_that_stripe_does_not_know_gives_the_time_back_and_asks_for_a_person(
    world: BookingWorld, days: int
) -> None:
    booking = await world.book(world.start_in(days=days))
    world.clock.advance(minutes=61)
    world.gateway.intents.clear()
    await world.sweep()
    (check,) = checks(world)
    await check_payment(world.container.payments, check)
    booking = await world.get(booking)
    assert (booking.status, booking.payment) == (BookingStatus.PAYMENT_EXPIRED, PaymentState.NONE)
    details = booking.payment_details
    assert (details.needs_attention, details.last_error_code, details.open_operations) == (True, OBJECT_GONE, [])
    assert await slot_claims(world) == 0
    notified = [each.type for each in world.publisher.events if each.topic is Topic.NOTIFICATIONS]
    assert notified.count("booking.payment_needs_attention") == 1
    world.clock.advance(minutes=61)
    before = len(checks(world))
    await world.sweep()
    await world.drain()
    assert len(checks(world)) == before

    booking = await world.act(booking, "retry_payment", world.operators[0])
    assert not booking.payment_details.needs_attention
    assert booking.payment_details.open_operations == []


async def test_an_intent_that_is_gone_while_the_customer_pays_frees_the_time_at_once(world: BookingWorld) -> None:
    booking = await world.book(world.start_in(days=3))
    world.gateway.intents.clear()
    booking = await sync_booking_payment(world.container.payments, booking.id)
    assert booking.status is BookingStatus.PAYMENT_EXPIRED
    assert await slot_claims(world) == 0


async def test_an_authorization_that_stripe_does_not_know_is_voided_for_a_cancellation_with_attention(
    world: BookingWorld,
) -> None:
    booking = await world.accepted(world.start_in(days=3))
    world.gateway.intents.clear()
    booking = await world.act(booking, "cancel", world.provider_user, {"reason": "Ill"})
    await world.drain()
    booking = await world.get(booking)
    details = booking.payment_details
    assert (booking.status, booking.authorized_amount, details.needs_attention) == (BookingStatus.CANCELLED, 0, True)
    assert await slot_claims(world) == 0


async def test_an_authorization_that_stripe_does_not_know_is_not_charged_anew_without_a_person(
    world: BookingWorld,
) -> None:
    booking = await world.started(world.start_in(days=3))
    world.gateway.intents.clear()
    await world.act(booking, "complete", world.provider_user)
    await world.drain()
    booking = await world.get(booking)
    details = booking.payment_details
    assert (details.needs_attention, details.retry_at, booking.captured_amount) == (True, None, 0)
    assert details.open_operations == []
    assert world.gateway.intents == {}


async def test_another_missing_thing_is_no_sign_of_a_missing_intent(world: BookingWorld) -> None:
    booking = await world.book(world.start_in(days=3))
    world.gateway.get_intent = failing(NotFound("another", code="not_found"))  # type: ignore[method-assign]
    with pytest.raises(NotFound):
        await sync_booking_payment(world.container.payments, booking.id)
    assert (await world.get(booking)).status is BookingStatus.PENDING_PAYMENT
