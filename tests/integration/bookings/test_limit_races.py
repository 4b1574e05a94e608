"""Limits per day and week hold in the database: simultaneous bookings that do not overlap never exceed them."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from common.adapters.mongo.bookings.repository import MongoBookings
from common.application.bookings.intents import GuestBookingInput, complete_intent, open_intent
from common.domain.shared.errors import SlotUnavailable

from tests.fakes.jittery_bookings import JitteryBookings
from tests.support.booking_world import ADDRESS, BookingWorld

if TYPE_CHECKING:
    from collections.abc import Awaitable, Iterable

    from common.runtime.container.bootstrap import Container

ZONE = ZoneInfo("Pacific/Auckland")
#: A Wednesday; the fake clock stands on the Monday nine days before.
DAY = datetime(2030, 3, 13, tzinfo=ZONE)
HOURS = range(24)

PROFILE = {"full_name": "Guest", "phone_number": "+64211234567"}


@pytest.fixture(params=[[], ["res_a", "res_b"]], ids=["one resource", "two resources"])
async def world(container: Container, request: pytest.FixtureRequest) -> BookingWorld:
    """Between reading the calendar and committing, everybody dawdles, so that all have read before any commits."""
    repository = JitteryBookings(MongoBookings(container.mongo), seed=1)
    container.replace(booking_repository=repository)
    opened = await BookingWorld(container).open(resource_ids=request.param)
    repository.longest_wait = 0.02
    return opened


async def allow(world: BookingWorld, **limits: int) -> None:
    """Give the provider limits."""
    assert world.provider.availability is not None
    rules = world.provider.availability.model_copy(update=limits)
    await world.container.providers.update(world.provider.id, {"availability": rules}, now=world.clock.now())


def at(hour: int, day: int = 0) -> datetime:
    """An hour of the day, or of one some days later."""
    return (DAY + timedelta(days=day)).replace(hour=hour).astimezone(UTC)


async def settle(works: Iterable[Awaitable[Any]]) -> list[str]:
    """Run them together; how each ended, by the reason of its refusal."""

    async def ended(work: Awaitable[Any]) -> str:
        try:
            await work
        except SlotUnavailable as error:
            return str(error.extra["reason"])
        return "taken"

    return list(await asyncio.gather(*(ended(work) for work in works)))


async def days_taken(world: BookingWorld) -> dict[str, int]:
    """How many bookings begin work on each local day, by what is claimed of the first resource that they take."""
    days: dict[str, int] = {}
    first = world.service.resources()[0]
    async for row in world.container.mongo.collection("slot_claims").find({"resource_id": first}):
        day = row["work_start_at"].astimezone(ZONE).date().isoformat()
        days[day] = days.get(day, 0) + 1
    return days


def guest_request(world: BookingWorld, start_at: datetime, number: int) -> GuestBookingInput:
    return GuestBookingInput(
        service_id=world.service.id,
        start_at=start_at,
        address=ADDRESS,
        full_name="Guest",
        email=f"guest{number}@example.com",
    )


async def test_a_full_day_takes_no_more_however_many_ask_at_once(world: BookingWorld) -> None:
    await allow(world, max_per_day=3)
    ends = await settle(world.book(at(hour)) for hour in HOURS)
    assert ends.count("taken") == 3
    assert ends.count("day_full") == len(HOURS) - 3
    assert await days_taken(world) == {"2030-03-13": 3}


async def test_a_full_week_takes_no_more_on_any_of_its_days(world: BookingWorld) -> None:
    await allow(world, max_per_week=2, max_per_day=2)
    ends = await settle(world.book(at(hour, day)) for day in range(-2, 5) for hour in (9, 14))
    assert ends.count("taken") == 2
    assert set(ends) <= {"taken", "week_full", "day_full"}
    assert await settle([world.book(at(9, 5))]) == ["taken"]


async def test_guests_and_customers_compete_for_the_same_places(world: BookingWorld) -> None:
    await allow(world, max_per_day=2)
    intents = world.container.booking_intents
    guests = [open_intent(intents, guest_request(world, at(hour), hour)) for hour in HOURS if hour % 2]
    ends = await settle([*guests, *(world.book(at(hour)) for hour in HOURS if not hour % 2)])
    assert ends.count("taken") == 2
    assert await days_taken(world) == {"2030-03-13": 2}


async def test_a_guests_hold_is_the_place_that_its_booking_takes(world: BookingWorld) -> None:
    await allow(world, max_per_day=1)
    intents = world.container.booking_intents
    intent, _ = await open_intent(intents, guest_request(world, at(9), 0))
    assert await settle([world.book(at(12))]) == ["day_full"]
    guest = await world.container.users.update(intent.user_id, PROFILE)
    await complete_intent(intents, guest, intent.id)
    assert await days_taken(world) == {"2030-03-13": 1}


async def test_a_guests_hold_that_has_lapsed_counts_for_nothing_and_cannot_come_back(world: BookingWorld) -> None:
    await allow(world, max_per_day=1)
    intents = world.container.booking_intents
    intent, _ = await open_intent(intents, guest_request(world, at(9), 0))
    world.clock.advance(hours=1)
    guest = await world.container.users.update(intent.user_id, PROFILE)
    ends = await settle([complete_intent(intents, guest, intent.id), world.book(at(12)), world.book(at(15))])
    assert ends.count("taken") == 1
    assert ends.count("day_full") == 2


async def test_moves_into_a_day_compete_for_its_places_and_keep_them_until_accepted(world: BookingWorld) -> None:
    await allow(world, max_per_day=2)
    moving = [await world.accepted(at(9, day)) for day in range(1, 7)]
    ends = await settle(
        world.act(booking, "propose_reschedule", world.customer, {"start_at": at(2 * number).isoformat()})
        for number, booking in enumerate(moving)
    )
    assert ends.count("taken") == 2
    assert await settle([world.book(at(20))]) == ["day_full"]
    won = [booking for booking, end in zip(moving, ends, strict=True) if end == "taken"]
    assert (
        await settle(world.act(booking, "accept_reschedule", world.provider_user) for booking in won) == ["taken"] * 2
    )
    assert (await days_taken(world))["2030-03-13"] == 2


async def test_a_move_within_its_own_day_and_week_takes_no_second_place(world: BookingWorld) -> None:
    await allow(world, max_per_day=1, max_per_week=1)
    booking = await world.accepted(at(9))
    booking = await world.act(booking, "propose_reschedule", world.customer, {"start_at": at(15).isoformat()})
    await world.act(booking, "accept_reschedule", world.provider_user)
    assert await days_taken(world) == {"2030-03-13": 1}


async def test_what_is_cancelled_or_declined_frees_its_place(world: BookingWorld) -> None:
    await allow(world, max_per_day=1)
    booking = await world.accepted(at(9))
    assert await settle([world.book(at(12))]) == ["day_full"]
    await world.act(booking, "cancel", world.customer)
    other = await world.requested(at(12))
    assert await settle([world.book(at(9))]) == ["day_full"]
    await world.act(other, "decline", world.provider_user)
    assert await settle([world.book(at(9)), world.book(at(15))]) in (["taken", "day_full"], ["day_full", "taken"])
