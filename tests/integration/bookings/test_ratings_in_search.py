"""A rating's way into what searches show and rank: published, hidden, shown again, and rebuilt to the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from common.application.bookings.ratings import moderate_rating, submit_rating
from common.domain.catalogue.rating_scores import bayesian_score
from common.domain.identity.roles import Role

from infra.ops.rebuild.steps import rebuild_listings, rebuild_ratings
from tests.factories.users import make_user
from tests.support.http import api_client

if TYPE_CHECKING:
    from tests.support.booking_world import BookingWorld


async def found(world: BookingWorld) -> list[dict[str, Any]]:
    """The rating of the service and of the provider, as searches show them."""
    ratings = []
    async with api_client("search", world.container) as client:
        for kind in ("services", "providers"):
            answer = await client.get(f"/v1/search/{kind}", params={"lat": -36.85, "lng": 174.76})
            (item,) = answer.json()["items"]
            ratings.append(item["rating"])
    return ratings


async def test_searches_show_what_is_published_and_nothing_that_is_hidden(world: BookingWorld) -> None:
    none = {"count": 0, "mean": None, "score": bayesian_score(0, 0)}
    one = {"count": 1, "mean": 2.0, "score": bayesian_score(1, 2)}
    booking = await world.completed()
    rating = await submit_rating(world.deps, world.principal(world.customer), booking.id, 2, "Late")
    await world.drain()
    assert await found(world) == [none, none]
    await submit_rating(world.deps, world.principal(world.provider_user), booking.id, 5, "Kind")
    await world.drain()
    assert await found(world) == [one, one]
    moderator = world.principal(make_user(roles=[Role.USER, Role.MODERATOR]))
    for hide, expected in ((True, none), (False, one)):
        await moderate_rating(world.deps, moderator, rating.id, hide=hide)
        await world.drain()
        assert await found(world) == [expected, expected]
    for collection in ("services", "providers", "service_listings", "provider_listings"):
        await world.container.mongo.collection(collection).update_many(
            {}, {"$set": {"rating": {"count": 9}, "score": 9}}
        )
    assert await rebuild_ratings(world.container) == 1
    await rebuild_listings(world.container)
    assert await found(world) == [one, one]
