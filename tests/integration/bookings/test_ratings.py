"""Double-blind ratings."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from common.application.bookings.oversight import list_all_ratings
from common.application.bookings.ratings import list_ratings, moderate_rating, reply_to_rating, submit_rating
from common.application.shared.outbox import GRACE, sweep_outbox
from common.domain.bookings.booking import ReviewState
from common.domain.bookings.ratings import RatingState
from common.domain.identity.roles import Role
from common.domain.shared.errors import Conflict, Forbidden, InvalidInput, NotFound, Unavailable

from functions.notifications.notifications_queue import process
from tests.factories.users import make_user

if TYPE_CHECKING:
    import httpx
    from common.application.ports.notifications.mail import RenderedMail
    from common.domain.bookings.booking import Booking
    from common.domain.bookings.ratings import Rating
    from common.domain.identity.users import User

    from tests.support.booking_world import BookingWorld


class MailIsAway:
    """A mail service that takes nothing, which must not keep summaries from being right."""

    async def send(self, to: str, mail: RenderedMail) -> str:
        raise Unavailable(f"{mail.subject} for {to}")


async def rate(world: BookingWorld, booking: Booking, user: User, stars: int = 5, text: str = "Fine") -> Rating:
    return await submit_rating(world.deps, world.principal(user), booking.id, stars, text)


async def summary(world: BookingWorld) -> tuple[int, int]:
    """Count and total of the provider's and of the service's summary, which agree; the queues are drained first."""
    await world.drain()
    provider = await world.container.providers.get(world.provider.id)
    service = await world.container.services.get(world.service.id)
    assert provider is not None
    assert service is not None
    assert provider.rating == service.rating
    return provider.rating.count, provider.rating.total


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
    assert await summary(world) == (1, 2)
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


async def test_a_reply_stands_beside_the_rating(
    world: BookingWorld, client: httpx.AsyncClient, provider: dict[str, str], customer: dict[str, str]
) -> None:
    booking = await world.completed()
    rating = await rate(world, booking, world.customer, 4)
    await rate(world, booking, world.provider_user)
    path = f"/v1/bookings/{booking.id}/ratings"

    replied = await client.put(f"{path}/{rating.id}/reply", headers=provider, json={"reply": "Thank you, Tom."})

    assert replied.json()["reply"] == "Thank you, Tom."
    seen = (await client.get(path, headers=customer)).json()["items"]
    assert [each["reply"] for each in seen if each["id"] == rating.id] == ["Thank you, Tom."]


async def test_a_hidden_rating_neither_shows_nor_counts(world: BookingWorld) -> None:
    booking = await world.completed()
    rating = await rate(world, booking, world.customer, 1)
    await rate(world, booking, world.provider_user)
    moderator = world.principal(make_user(roles=[Role.USER, Role.MODERATOR]))

    await moderate_rating(world.deps, moderator, rating.id, hide=True)

    assert await seen_by(world, booking, world.provider_user) == [5]
    assert await summary(world) == (0, 0)
    shown = await moderate_rating(world.deps, moderator, rating.id, hide=False)
    assert shown.state is RatingState.PUBLISHED
    assert await summary(world) == (1, 1)
    with pytest.raises(Forbidden):
        await moderate_rating(world.deps, world.principal(world.customer), rating.id, hide=True)


async def test_a_flagged_rating_waits_for_a_moderator(world: BookingWorld) -> None:
    booking = await world.completed()
    flagged = await rate(world, booking, world.customer, 5, "Great! Ring Tom directly: 021 123 4567")
    assert flagged.held_for == ["contact_details"]
    await rate(world, booking, world.provider_user, 4)

    assert (await world.get(booking)).review is ReviewState.PUBLISHED
    assert await seen_by(world, booking, world.provider_user) == [4]
    assert sorted(await seen_by(world, booking, world.customer)) == [4, 5]
    assert await summary(world) == (0, 0)
    moderator = world.principal(make_user(roles=[Role.USER, Role.MODERATOR]))
    (waiting,) = await list_all_ratings(world.deps, moderator, state=RatingState.HELD, limit=5, before=None)
    assert (waiting.id, waiting.published_at) == (flagged.id, None)

    shown = await moderate_rating(world.deps, moderator, flagged.id, hide=False)

    assert (shown.state, shown.published_at) == (RatingState.PUBLISHED, world.clock.now())
    assert sorted(await seen_by(world, booking, world.provider_user)) == [4, 5]
    assert await summary(world) == (1, 5)


async def test_a_flagged_text_that_was_put_right_is_shown(world: BookingWorld) -> None:
    booking = await world.completed()
    await rate(world, booking, world.customer, 2, "What a shit job")
    edited = await rate(world, booking, world.customer, 2, "What a poor job")
    assert edited.held_for == []

    await world.move_to((booking.completed_at or booking.slot.end_at) + timedelta(days=7))

    assert await seen_by(world, booking, world.provider_user) == [2]
    assert await summary(world) == (1, 2)


async def test_a_reply_that_would_be_flagged_is_refused(world: BookingWorld) -> None:
    booking = await world.completed()
    rating = await rate(world, booking, world.customer)
    await rate(world, booking, world.provider_user)

    with pytest.raises(InvalidInput) as refused:
        await reply_to_rating(
            world.deps, world.principal(world.provider_user), booking.id, rating.id, "Mail tom@example.org"
        )
    assert refused.value.errors[0].code == "contact_details"
    assert (await list_ratings(world.deps, world.principal(world.customer), booking.id))[0].reply is None


async def test_a_crash_after_the_commit_delays_the_summaries_and_loses_none(world: BookingWorld) -> None:
    """Nobody publishes the events at once; the sweep of the outbox does."""
    booking = await world.completed()
    world.publisher.is_unavailable = True
    await rate(world, booking, world.customer, 4)
    await rate(world, booking, world.provider_user, 4)
    assert await summary(world) == (0, 0)

    world.publisher.is_unavailable = False
    world.clock.advance(seconds=GRACE.total_seconds() + 1)
    sent = len(world.publisher.events)
    await sweep_outbox(world.container.outbox_sweep, has_time=lambda: True)
    world.container.replace(mailer=MailIsAway())
    for event in world.publisher.events[sent:]:
        with suppress(Unavailable):
            await process(world.container, event)

    provider = await world.container.providers.get(world.provider.id)
    assert provider is not None
    assert (provider.rating.count, provider.rating.total) == (1, 4)
