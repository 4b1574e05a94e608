"""Bookings, services and refunds, each decided while somebody else writes."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from common.application.bookings.create import BookingInput, create_booking
from common.application.bookings.intents import GuestBookingInput, open_intent
from common.application.bookings.refunds import refund_booking
from common.application.catalogue.profile import update_profile
from common.application.catalogue.services import update_service
from common.domain.catalogue.services import ServiceStatus
from common.domain.shared.errors import Conflict, GigstaError, InvalidInput, NotFound, VersionConflict
from common.domain.shared.money import Money

from tests.fakes.payment_gateway import FakePaymentGateway
from tests.integration.races.gates import Held
from tests.support.booking_world import ADDRESS, BookingWorld

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from common.application.bookings.deps import BookingDeps
    from common.runtime.container.bootstrap import Container

    from tests.fakes.clock import FakeClock

ROUNDS = 12


@pytest.fixture
async def world(container: Container, clock: FakeClock) -> BookingWorld:
    container.replace(gateway=FakePaymentGateway(now=clock.now()))
    return await BookingWorld(container).open()


def locating(deps: BookingDeps) -> tuple[BookingDeps, Held]:
    """Ports whose first address is located only when the gate lets it go."""
    held = Held(deps, "locate")
    return replace(deps, locate=held.locate, locates_outside=True), held


async def outcome(work: Awaitable[object]) -> type[GigstaError] | None:
    try:
        await work
    except GigstaError as error:
        return type(error)
    return None


def pause(world: BookingWorld) -> Callable[[], Awaitable[object]]:
    services, now = world.container.services, world.clock.now()
    return lambda: services.update(world.service.id, {"status": ServiceStatus.PAUSED}, now=now)


def unlist(world: BookingWorld) -> Callable[[], Awaitable[object]]:
    providers, now = world.container.providers, world.clock.now()
    return lambda: providers.update(world.provider.id, {"is_billable": False, "is_listed": False}, now=now)


@pytest.mark.parametrize("change", [pause, unlist])
@pytest.mark.parametrize("who", ["customer", "guest"])
async def test_what_cannot_be_booked_any_more_once_the_address_is_located_is_refused(
    world: BookingWorld, change: Callable[[BookingWorld], Callable[[], Awaitable[object]]], who: str
) -> None:
    deps, held = locating(world.deps)
    request = {"service_id": world.service.id, "start_at": world.start_in(days=2), "address": ADDRESS}
    slow: Any
    if who == "customer":
        slow = create_booking(deps, world.customer.id, BookingInput(**request))
    else:
        intents = replace(world.container.booking_intents, locate=deps.locate, locates_outside=True)
        slow = open_intent(intents, GuestBookingInput(**request, full_name="Mere Tui", email="mere@example.com"))
    with pytest.raises(Conflict) as refused:
        await held.meanwhile(slow, change(world))
    assert refused.value.wire_code in {"service_not_bookable", "provider_not_bookable"}
    assert (
        await world.container.mongo.collection("slot_claims").count_documents({"provider_id": world.provider.id}) == 0
    )


async def test_a_booking_costs_what_its_service_costs_once_the_address_is_located(world: BookingWorld) -> None:
    deps, held = locating(world.deps)
    request = BookingInput(service_id=world.service.id, start_at=world.start_in(days=2), address=ADDRESS)
    dearer = {"price": Money(amount=17_500, currency="nzd")}
    booking, _ = await held.meanwhile(
        create_booking(deps, world.customer.id, request),
        lambda: world.container.services.update(world.service.id, dearer, now=world.clock.now()),
    )
    assert booking.price.total.amount == 17_500


async def test_a_person_who_leaves_while_the_address_is_located_books_nothing(world: BookingWorld) -> None:
    deps, held = locating(world.deps)
    request = BookingInput(service_id=world.service.id, start_at=world.start_in(days=2), address=ADDRESS)
    now = world.clock.now()
    with pytest.raises(NotFound):
        await held.meanwhile(
            create_booking(deps, world.customer.id, request),
            lambda: world.container.users.update(world.customer.id, {"deleted_at": now}),
        )


async def test_changes_of_a_service_without_a_version_never_fail_on_one(world: BookingWorld) -> None:
    container = world.container
    changes: list[dict[str, Any]] = [{"title": f"Title {number}"} for number in range(5)]
    met = await asyncio.gather(
        *(outcome(update_service(container.catalogue, world.provider, world.service.id, each)) for each in changes[:2]),
        *(outcome(container.services.update(world.service.id, each, now=world.clock.now())) for each in changes[2:]),
    )
    assert set(met) == {None}
    with pytest.raises(VersionConflict):
        await update_service(container.catalogue, world.provider, world.service.id, {"title": "Old idea"}, expected=1)


async def test_a_service_whose_price_was_taken_away_meanwhile_is_not_published_without_one(
    world: BookingWorld,
) -> None:
    """Each change alone would do: to be by quote and without a price, and to accept automatically."""
    container = world.container
    for _ in range(ROUNDS):
        now = world.clock.now()
        plain = {"price_type": "fixed", "price": Money(amount=9_000, currency="nzd"), "auto_accept": False}
        await container.services.update(world.service.id, plain, now=now)
        by_quote = {"price_type": "quote", "price": None}
        await asyncio.gather(
            outcome(update_service(container.catalogue, world.provider, world.service.id, by_quote)),
            outcome(update_service(container.catalogue, world.provider, world.service.id, {"auto_accept": True})),
        )
        stored = await container.services.get(world.service.id)
        assert stored is not None
        assert not (stored.price is None and stored.auto_accept)


async def test_a_provider_s_zone_follows_an_address_only_while_there_are_no_hours(world: BookingWorld) -> None:
    container = world.container
    now = world.clock.now()
    await container.providers.update(world.provider.id, {"availability": None}, now=now)
    before = world.provider.model_copy(update={"availability": None})
    held = Held(container.geocoder, "locate")
    deps = replace(container.catalogue, geocoder=lambda: held)
    hours = {"availability": world.provider.availability, "timezone": "Pacific/Chatham"}
    changed = await held.meanwhile(
        update_profile(deps, before, {"address": "25 Worcester Street, Christchurch"}, expected=None),
        lambda: container.providers.update(world.provider.id, hours, now=now),
    )
    assert changed.timezone == "Pacific/Chatham"


async def test_a_refund_of_all_that_is_left_is_not_refused_for_what_another_has_refunded(world: BookingWorld) -> None:
    """A client that names no amount cannot have named too much."""
    booking = await world.completed()
    part = Money(amount=100, currency=booking.price.total.currency)
    first, second = (world.principal(each) for each in world.operators)
    met = await asyncio.gather(
        outcome(refund_booking(world.deps, first, booking.id, None, "All of it")),
        outcome(refund_booking(world.deps, second, booking.id, part, "A part of it")),
    )
    assert met[0] is not InvalidInput
    await world.drain()
    booking = await world.get(booking)
    assert booking.refunded_amount <= booking.captured_amount
