"""What happens rarely: people and providers that are gone, places too far away, bookings that never keep still."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from math import degrees
from typing import TYPE_CHECKING

import pytest
from common.application.bookings.deps import keep_as_written
from common.application.bookings.guest_completion import GuestBookings
from common.application.bookings.oversight import list_all_ratings, list_disputes
from common.application.bookings.ratings import reply_to_rating, submit_rating
from common.application.bookings.read import get_booking
from common.application.bookings.sweep import fire_due
from common.domain.bookings.booking import BookingStatus
from common.domain.catalogue.services import ServiceStatus
from common.domain.identity.users import Address
from common.domain.shared.errors import (
    Conflict,
    Forbidden,
    InvalidInput,
    NotFound,
    SlotUnavailable,
    Unavailable,
    VersionConflict,
)
from common.domain.shared.geo import EARTH_RADIUS_M

from tests.factories.users import make_user
from tests.support.identity import store_user

if TYPE_CHECKING:
    from common.adapters.mongo.bookings.repository import MongoBookings
    from common.domain.bookings.booking import Booking, BookingChange

    from tests.support.booking_world import BookingWorld


class RestlessBookings:
    """A repository whose bookings always change before they can be committed."""

    def __init__(self, inner: MongoBookings) -> None:
        self._inner = inner

    async def get(self, booking_id: str) -> Booking | None:
        return await self._inner.get(booking_id)

    async def commit(self, change: BookingChange) -> None:
        raise VersionConflict(change.booking.id)


async def test_a_booking_that_never_keeps_still_is_given_up_cleanly(world: BookingWorld) -> None:
    booking = await world.requested()
    restless = RestlessBookings(world.container.booking_repository)
    world.deps = dataclasses.replace(world.deps, bookings=restless)  # type: ignore[arg-type]

    with pytest.raises(Unavailable):
        await world.act(booking, "accept", world.provider_user)


async def test_a_place_outside_the_providers_radius_is_refused(world: BookingWorld) -> None:
    async def in_wellington(address: str) -> Address:
        return Address(text=address, lat=-41.29, lng=174.78, is_located=True)

    world.deps = dataclasses.replace(world.deps, locate=in_wellington)

    with pytest.raises(InvalidInput) as refused:
        await world.book()
    assert refused.value.errors[0].code == "outside_service_area"


@pytest.mark.parametrize(
    ("metres_over", "uncertainty", "area"),
    [(-3_000, 0, "inside"), (-500, 2_000, "uncertain"), (1_500, 2_000, "uncertain"), (2_500, 2_000, None)],
)
async def test_how_exact_a_place_is_counts_in_the_distance(
    world: BookingWorld, metres_over: int, uncertainty: int, area: str | None
) -> None:
    home, reach = world.provider.address, world.provider.service_radius_km * 1000
    assert home.lat is not None

    async def north_of_home(address: str) -> Address:
        lat = (home.lat or 0) + degrees((reach + metres_over) / EARTH_RADIUS_M)
        return Address(text=address, lat=lat, lng=home.lng, is_located=True, uncertainty_m=uncertainty)

    world.deps = dataclasses.replace(world.deps, locate=north_of_home)
    if area is None:
        with pytest.raises(InvalidInput):
            await world.book()
    else:
        assert (await world.book()).place.service_area == area


async def test_an_address_that_cannot_be_located_is_said_to_be_so(world: BookingWorld) -> None:
    world.deps = dataclasses.replace(world.deps, locate=keep_as_written)
    place = (await world.book()).place
    assert (place.is_located, place.service_area) == (False, "unknown")


async def test_a_deleted_account_books_nothing(world: BookingWorld) -> None:
    gone = await store_user(world.container, make_user(deleted_at=world.clock.now()))

    with pytest.raises(NotFound):
        await world.book(customer=gone)


async def test_what_is_off_sale_is_not_booked(world: BookingWorld) -> None:
    await world.container.services.update(
        world.service.id, {"status": ServiceStatus.PAUSED.value}, now=world.clock.now()
    )

    with pytest.raises(Conflict) as refused:
        await world.book()
    assert refused.value.wire_code == "service_not_bookable"


async def test_a_provider_without_hours_is_not_booked(world: BookingWorld) -> None:
    await world.container.providers.update(world.provider.id, {"availability": None}, now=world.clock.now())

    with pytest.raises(SlotUnavailable):
        await world.book()


async def test_a_repeated_request_finds_its_booking_whatever_became_of_it(world: BookingWorld) -> None:
    start = world.start_in(days=2)
    booking = await world.pay(await world.book(start, key="key"))
    await world.act(booking, "decline", world.provider_user)
    await world.container.services.update(
        world.service.id, {"status": ServiceStatus.PAUSED.value}, now=world.clock.now()
    )

    again = await world.book(start, key="key")

    assert (again.id, again.status) == (booking.id, BookingStatus.DECLINED)


async def test_a_contact_that_is_gone_is_not_shown(world: BookingWorld) -> None:
    booking = await world.accepted()
    await store_user(world.container, world.provider_user.model_copy(update={"deleted_at": world.clock.now()}))

    seen = await get_booking(world.deps, world.principal(world.customer), booking.id)

    assert seen.contact is None
    as_operator = await get_booking(world.deps, world.principal(world.operators[0]), booking.id)
    assert as_operator.contact is None


async def test_operators_neither_rate_nor_reply(world: BookingWorld) -> None:
    booking = await world.completed()
    operator = world.principal(world.operators[0])

    with pytest.raises(Forbidden):
        await submit_rating(world.deps, operator, booking.id, 5, "")
    with pytest.raises(Forbidden):
        await reply_to_rating(world.deps, operator, booking.id, "rat_none", "Hello")


async def test_staff_views_are_for_staff(world: BookingWorld) -> None:
    customer = world.principal(world.customer)

    with pytest.raises(Forbidden):
        await list_disputes(world.deps, customer, limit=1, after=None)
    with pytest.raises(Forbidden):
        await list_all_ratings(world.deps, customer, state=None, limit=1, before=None)


async def test_nothing_is_fired_on_a_booking_that_is_not_there(world: BookingWorld) -> None:
    assert await fire_due(world.deps, "bkg_none") is None


async def test_onboarding_finds_no_intent_of_somebody_else(world: BookingWorld) -> None:
    guests = GuestBookings(lambda: world.container.booking_intents)

    with pytest.raises(NotFound):
        await guests.complete(world.customer, "bki_none")


async def test_a_proposal_to_a_provider_who_is_gone_is_not_found(world: BookingWorld) -> None:
    booking = await world.accepted()
    await world.container.mongo.collection("providers").delete_many({})
    start = booking.slot.start_at + timedelta(hours=3)

    with pytest.raises(NotFound):
        await world.act(booking, "propose_reschedule", world.customer, {"start_at": start.isoformat()})
