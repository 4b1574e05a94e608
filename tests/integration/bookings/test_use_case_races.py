"""People, timers and payments at the same moment, on the real database: one wins, the other is told, no money hangs.

Each race runs 50 times at random distances between its reads and writes: a commit that forgets its version once in ten
times fails all eight races that it could lose within 40. ``HYPOTHESIS_PROFILE=nightly`` runs each 2000 times, in laps
with other random distances.
"""

from __future__ import annotations

import asyncio
import os
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from common.adapters.mongo.bookings.repository import MongoBookings
from common.application.bookings.sweep import fire_due
from common.application.payments.operations.sync import sync_booking_payment
from common.application.ports.payments.gateway import PaymentIntentStatus
from common.domain.bookings.booking import BookingStatus
from common.domain.shared.errors import ActionNotAvailable, GigstaError, SlotUnavailable, Unavailable, VersionConflict

from tests.fakes.jittery_bookings import JitteryBookings
from tests.support.booking_checks import check_everything
from tests.support.booking_world import BookingWorld

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Iterable

    from common.domain.bookings.booking import Booking
    from common.runtime.container.bootstrap import Container

IS_NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
#: All of a lap's bookings lie within the provider's window of a year.
ROUNDS = 200 if IS_NIGHTLY else 50
LAPS = 10 if IS_NIGHTLY else 1
#: Pairs that race at the same time.
WIDTH = 10
LONGEST_WAIT = 0.006

Outcome = type[GigstaError] | None
#: What a loser is told of the booking beside its refusal.
STATE = {"booking_status", "version", "available_actions"}


@pytest.fixture(params=range(1, LAPS + 1))
async def world(container: Container, request: pytest.FixtureRequest) -> BookingWorld:
    container.replace(booking_repository=JitteryBookings(MongoBookings(container.mongo), seed=request.param))
    return await BookingWorld(container).open()


async def outcome(work: Awaitable[Any]) -> Outcome:
    """What came of a racer; the one who loses an action is told where the booking stands."""
    try:
        await work
    except (ActionNotAvailable, VersionConflict) as lost:
        return type(lost) if lost.extra.keys() >= STATE else GigstaError
    except GigstaError as error:
        return type(error)
    return None


async def run_rounds(
    world: BookingWorld,
    prepare: Callable[[int], Coroutine[Any, Any, Booking]],
    race: Callable[[int, Booking], Coroutine[Any, Any, tuple[Outcome, ...]]],
) -> list[tuple[Booking, tuple[Outcome, ...]]]:
    """Prepare a booking for each round, race on each, drain the payments queue, and check everything.

    Returns:
        Each round's booking as it ended and what its racers met.
    """
    jitter: JitteryBookings = world.container.booking_repository  # type: ignore[assignment]
    gate = asyncio.Semaphore(WIDTH)

    async def gated(work: Coroutine[Any, Any, Any]) -> Any:
        async with gate:
            return await work

    async def together(work: Iterable[Coroutine[Any, Any, Any]]) -> list[Any]:
        done = await asyncio.gather(*(gated(each) for each in work), return_exceptions=True)
        for each in done:
            if isinstance(each, BaseException):
                raise each
        return done

    prepared = await together(prepare(number) for number in range(ROUNDS))
    jitter.longest_wait = LONGEST_WAIT
    met = await together(race(number, booking) for number, booking in enumerate(prepared))
    jitter.longest_wait = 0
    await world.drain()
    ended = {booking.id: booking for booking in await check_everything(world, at_rest=True)}
    return [(ended[booking.id], outcomes) for booking, outcomes in zip(prepared, met, strict=True)]


def start_of(world: BookingWorld, number: int) -> Any:
    return world.start_in(days=3, hours=2 * number)


async def test_accept_against_cancel_from_the_same_view(world: BookingWorld) -> None:
    async def prepare(number: int) -> Booking:
        return await world.requested(start_of(world, number))

    async def race(_: int, booking: Booking) -> tuple[Outcome, ...]:
        seen: dict[str, Any] = {"expected_version": booking.version}
        return await asyncio.gather(
            outcome(world.act(booking, "accept", world.provider_user, **seen)),
            outcome(world.act(booking, "cancel", world.customer, **seen)),
        )

    winners = set()
    for booking, (accepted, cancelled) in await run_rounds(world, prepare, race):
        assert {accepted, cancelled} == {None, VersionConflict}
        assert booking.status is (BookingStatus.ACCEPTED if accepted is None else BookingStatus.CANCELLED)
        winners.add(booking.status)
    assert len(winners) == 2


async def test_accept_against_cancel_without_a_version(world: BookingWorld) -> None:
    """The later one is judged on what the earlier one left: a cancellation may still follow an acceptance."""

    async def prepare(number: int) -> Booking:
        return await world.requested(start_of(world, number))

    async def race(_: int, booking: Booking) -> tuple[Outcome, ...]:
        return await asyncio.gather(
            outcome(world.act(booking, "accept", world.provider_user)),
            outcome(world.act(booking, "cancel", world.customer)),
        )

    for booking, (accepted, cancelled) in await run_rounds(world, prepare, race):
        assert booking.status is BookingStatus.CANCELLED
        assert cancelled is None
        assert accepted in {None, ActionNotAvailable}


async def test_accept_against_accept(world: BookingWorld) -> None:
    """The provider and an operator accept the same request."""

    async def prepare(number: int) -> Booking:
        return await world.requested(start_of(world, number))

    async def race(_: int, booking: Booking) -> tuple[Outcome, ...]:
        return await asyncio.gather(
            outcome(world.act(booking, "accept", world.provider_user)),
            outcome(world.act(booking, "accept", world.operators[0])),
        )

    for booking, outcomes in await run_rounds(world, prepare, race):
        assert booking.status is BookingStatus.ACCEPTED
        assert set(outcomes) == {None, ActionNotAvailable}


async def test_two_requests_for_overlapping_times(world: BookingWorld) -> None:
    """Only one of two ever becomes a request, so no provider can accept both."""

    async def prepare(number: int) -> Booking:
        return await world.book(world.start_in(days=100, hours=2 * number))

    async def race(number: int, _: Booking) -> tuple[Outcome, ...]:
        first = start_of(world, number)
        return await asyncio.gather(
            outcome(world.book(first)), outcome(world.book(first + timedelta(minutes=30 if number % 2 else -30)))
        )

    for _, outcomes in await run_rounds(world, prepare, race):
        assert set(outcomes) == {None, SlotUnavailable}


async def test_expiry_against_payment_at_the_last_moment(world: BookingWorld) -> None:
    """The sweep's check, Stripe's webhook and the customer's confirmation meet as the hold ends."""

    async def prepare(number: int) -> Booking:
        return await world.book(start_of(world, number))

    async def race(number: int, booking: Booking) -> tuple[Outcome, ...]:
        async def pay() -> None:
            await asyncio.sleep(LONGEST_WAIT * (number % 5) / 2)
            intent = world.gateway.intents[
                booking.first_charge.payment_intent_id or booking.first_charge.setup_intent_id or ""
            ]
            if intent.status is PaymentIntentStatus.CANCELED:
                raise Unavailable
            world.give_card(booking)
            await sync_booking_payment(world.container.payments, booking.id)

        async def expire() -> None:
            await sync_booking_payment(world.container.payments, booking.id)
            await fire_due(world.deps, booking.id)

        world.clock.set(max(world.clock.now(), booking.hold_expires_at or world.clock.now()))
        return await asyncio.gather(outcome(pay()), outcome(expire()))

    for booking, outcomes in await run_rounds(world, prepare, race):
        assert booking.status in {BookingStatus.REQUESTED, BookingStatus.PAYMENT_EXPIRED}
        assert outcomes[1] is None


async def test_one_click_in_two_tabs(world: BookingWorld) -> None:
    async def prepare(number: int) -> Booking:
        return await world.requested(start_of(world, number))

    async def race(_: int, booking: Booking) -> tuple[Outcome, ...]:
        clicks = (world.act(booking, "decline", world.provider_user) for _ in range(3))
        return tuple(await asyncio.gather(*(outcome(click) for click in clicks)))

    for booking, outcomes in await run_rounds(world, prepare, race):
        assert booking.status is BookingStatus.DECLINED
        assert outcomes.count(None) == 1
        assert set(outcomes) == {None, ActionNotAvailable}


async def test_reschedule_against_booking(world: BookingWorld) -> None:
    """A proposal and a new booking want overlapping times."""

    async def prepare(number: int) -> Booking:
        return await world.accepted(world.start_in(days=3, hours=6 * number))

    async def race(number: int, booking: Booking) -> tuple[Outcome, ...]:
        new = booking.slot.start_at + timedelta(hours=2)
        rival = new + timedelta(minutes=30 if number % 2 else -30)
        return await asyncio.gather(
            outcome(world.act(booking, "propose_reschedule", world.customer, {"start_at": new.isoformat()})),
            outcome(world.book(rival)),
        )

    for booking, outcomes in await run_rounds(world, prepare, race):
        assert set(outcomes) == {None, SlotUnavailable}
        assert (booking.reschedule is not None) == (outcomes[0] is None)


async def test_an_operators_move_against_booking(world: BookingWorld) -> None:
    """An operator moves a booking to where somebody books at the same moment."""

    async def prepare(number: int) -> Booking:
        return await world.accepted(world.start_in(days=3, hours=6 * number))

    async def race(number: int, booking: Booking) -> tuple[Outcome, ...]:
        new = booking.slot.start_at + timedelta(hours=2)
        request = {"start_at": new.isoformat(), "reason": "Both asked for it."}
        rival = new + timedelta(minutes=30 if number % 2 else -30)
        move = outcome(world.act(booking, "move", world.operators[number % 2], request))
        if number % 10 == 0:  # Either may else lose every time, by what it reads before it writes.
            booked = await outcome(world.book(rival))
            return await move, booked
        if number % 10 == 1:
            return await move, await outcome(world.book(rival))
        return await asyncio.gather(move, outcome(world.book(rival)))

    winners = set()
    for number, (booking, outcomes) in enumerate(await run_rounds(world, prepare, race)):
        assert set(outcomes) == {None, SlotUnavailable}
        is_moved = booking.slot.start_at == world.start_in(days=3, hours=6 * number + 2)
        assert is_moved == (outcomes[0] is None)
        winners.add(outcomes.index(None))
    assert winners == {0, 1}


async def test_an_operators_move_against_the_parties(world: BookingWorld) -> None:
    """The operator moves what the customer cancels and the provider will not move, all from the same view."""

    async def prepare(number: int) -> Booking:
        booking = await world.accepted(world.start_in(days=3, hours=6 * number))
        held = (booking.slot.start_at + timedelta(hours=2)).isoformat()
        return await world.act(booking, "propose_reschedule", world.customer, {"start_at": held})

    async def race(_: int, booking: Booking) -> tuple[Outcome, ...]:
        seen: dict[str, Any] = {"expected_version": booking.version}
        new = (booking.slot.start_at + timedelta(hours=2)).isoformat()
        return await asyncio.gather(
            outcome(world.act(booking, "move", world.operators[0], {"start_at": new, "reason": "By phone."}, **seen)),
            outcome(world.act(booking, "cancel", world.customer, **seen)),
            outcome(world.act(booking, "decline_reschedule", world.provider_user, **seen)),
        )

    winners = set()
    for booking, outcomes in await run_rounds(world, prepare, race):
        assert outcomes.count(None) == 1
        assert set(outcomes) == {None, VersionConflict}
        assert (booking.status is BookingStatus.CANCELLED) == (outcomes[1] is None)
        winners.add(outcomes.index(None))
    assert len(winners) > 1


async def test_accepting_a_move_against_withdrawing_it(world: BookingWorld) -> None:
    async def prepare(number: int) -> Booking:
        booking = await world.accepted(world.start_in(days=3, hours=6 * number))
        new = booking.slot.start_at + timedelta(hours=2)
        return await world.act(booking, "propose_reschedule", world.customer, {"start_at": new.isoformat()})

    async def race(_: int, booking: Booking) -> tuple[Outcome, ...]:
        return await asyncio.gather(
            outcome(world.act(booking, "accept_reschedule", world.provider_user)),
            outcome(world.act(booking, "decline_reschedule", world.customer)),
        )

    for booking, outcomes in await run_rounds(world, prepare, race):
        assert set(outcomes) == {None, ActionNotAvailable}
        assert booking.reschedule is None


async def test_both_cancel_while_the_payments_worker_runs(world: BookingWorld) -> None:
    """The customer may owe a fee and the provider none: only the first cancellation counts."""

    async def prepare(number: int) -> Booking:
        return await world.accepted(start_of(world, number))

    async def race(_: int, booking: Booking) -> tuple[Outcome, ...]:
        return await asyncio.gather(
            outcome(world.act(booking, "cancel", world.customer)),
            outcome(world.act(booking, "cancel", world.provider_user)),
            outcome(world.drain()),
        )

    for booking, outcomes in await run_rounds(world, prepare, race):
        assert booking.status is BookingStatus.CANCELLED
        assert set(outcomes[:2]) == {None, ActionNotAvailable}
