"""Double-blind ratings."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from common.application.bookings.ratings import list_ratings, moderate_rating, reply_to_rating, submit_rating
from common.domain.bookings import ReviewState
from common.domain.errors import Conflict, Forbidden, NotFound
from common.domain.ratings import RatingState
from common.domain.roles import Role

from tests.factories.users import make_user

if TYPE_CHECKING:
    from common.domain.bookings import Booking
    from common.domain.ratings import Rating
    from common.domain.users import User

    from tests.support.booking_world import BookingWorld


async def rate(world: BookingWorld, booking: Booking, user: User, stars: int = 5) -> Rating:
    return await submit_rating(world.deps, world.principal(user), booking.id, stars, f"{stars} stars")


async def seen_by(world: BookingWorld, booking: Booking, user: User) -> list[int]:
    return [each.stars for each in await list_ratings(world.deps, world.principal(user), booking.id)]


async def test_neither_sees_the_other_before_both_are_in(world: BookingWorld) -> None:
    booking = await world.completed()

    await rate(world, booking, world.customer, 4)
    await rate(world, booking, world.customer, 2)
    assert await seen_by(world, booking, world.provider_user) == []
    assert await seen_by(world, booking, world.customer) == [2]

    published = await rate(world, booking, world.provider_user, 5)

    assert published.state is RatingState.PUBLISHED
    assert sorted(await seen_by(world, booking, world.customer)) == [2, 5]
    assert (await world.get(booking)).review is ReviewState.PUBLISHED
    provider = await world.container.provider_reader.get(world.provider.id)
    assert provider is not None
    assert (provider.rating.count, provider.rating.total) == (1, 2)
    with pytest.raises(Conflict) as refused:
        await rate(world, booking, world.customer, 1)
    assert refused.value.wire_code == "ratings_closed"


async def test_a_lone_rating_shows_when_the_window_closes(world: BookingWorld) -> None:
    booking = await world.completed()
    await rate(world, booking, world.customer, 3)

    await world.move_to((booking.completed_at or booking.slot.end_at) + timedelta(days=7))

    assert (await world.get(booking)).review is ReviewState.CLOSED
    assert await seen_by(world, booking, world.provider_user) == [3]
    with pytest.raises(Conflict):
        await rate(world, booking, world.provider_user)


async def test_an_unserved_booking_is_never_rated(world: BookingWorld) -> None:
    booking = await world.accepted()

    with pytest.raises(Conflict):
        await rate(world, booking, world.customer)


async def test_both_at_the_same_moment_publish_once(world: BookingWorld) -> None:
    for index in range(10):
        booking = await world.completed(world.start_in(days=2 + index))

        await asyncio.gather(rate(world, booking, world.customer), rate(world, booking, world.provider_user))

        assert (await world.get(booking)).review is ReviewState.PUBLISHED
        assert (await world.history(booking)).count("publish_ratings") == 1
        assert await seen_by(world, booking, world.customer) == [5, 5]


async def test_the_provider_replies_to_what_is_published(world: BookingWorld) -> None:
    booking = await world.completed()
    rating = await rate(world, booking, world.customer, 4)
    provider, customer = world.principal(world.provider_user), world.principal(world.customer)
    with pytest.raises(NotFound):
        await reply_to_rating(world.deps, provider, booking.id, rating.id, "Thanks!")
    await rate(world, booking, world.provider_user)

    replied = await reply_to_rating(world.deps, provider, booking.id, rating.id, "Thanks!")

    assert replied.reply == "Thanks!"
    with pytest.raises(Forbidden):
        await reply_to_rating(world.deps, customer, booking.id, rating.id, "Me too")


async def test_a_hidden_rating_neither_shows_nor_counts(world: BookingWorld) -> None:
    booking = await world.completed()
    rating = await rate(world, booking, world.customer, 1)
    await rate(world, booking, world.provider_user)
    moderator = world.principal(make_user(roles=[Role.USER, Role.MODERATOR]))

    await moderate_rating(world.deps, moderator, rating.id, hide=True)

    assert await seen_by(world, booking, world.provider_user) == [5]
    provider = await world.container.provider_reader.get(world.provider.id)
    assert provider is not None
    assert provider.rating.count == 0
    shown = await moderate_rating(world.deps, moderator, rating.id, hide=False)
    assert shown.state is RatingState.PUBLISHED
    with pytest.raises(Forbidden):
        await moderate_rating(world.deps, world.principal(world.customer), rating.id, hide=True)
