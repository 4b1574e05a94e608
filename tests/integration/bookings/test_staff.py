"""Disputes and ratings, as staff handle them through the administration function."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from common.application.bookings.ratings import submit_rating
from common.domain.identity.roles import Role

from tests.factories.users import make_user
from tests.support.http import api_client
from tests.support.identity import sign_in

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import httpx

    from tests.support.booking_world import BookingWorld


@pytest.fixture
async def client(world: BookingWorld) -> AsyncIterator[httpx.AsyncClient]:
    async with api_client("admin", world.container) as client:
        yield client


async def test_an_operator_works_off_the_disputes(world: BookingWorld, client: httpx.AsyncClient) -> None:
    operator = await sign_in(world.container, world.operators[0])
    customer = await sign_in(world.container, world.customer)
    disputed = []
    for days in (2, 4, 6):
        booking = await world.completed(world.start_in(days=days))
        disputed.append(await world.act(booking, "open_dispute", world.customer, {"reason": "Half done."}))
        world.clock.advance(minutes=5)

    first = (await client.get("/v1/admin/disputes?limit=2", headers=operator)).json()
    rest = (await client.get(f"/v1/admin/disputes?limit=2&cursor={first['next_cursor']}", headers=operator)).json()
    path = f"/v1/admin/bookings/{disputed[0].id}/actions/resolve"
    decided = await client.post(path, headers=operator, json={"refund_amount": 2_500, "reason": "Half done."})

    assert [each["id"] for each in first["items"] + rest["items"]] == [each.id for each in disputed]
    assert first["items"][0]["reason"] == "Half done."
    assert (decided.status_code, decided.json()["status"]) == (200, "settled")
    assert (await client.get("/v1/admin/disputes", headers=customer)).status_code == 403
    assert (await client.post(path, headers=customer, json={})).status_code == 403
    too_much = {"refund_amount": 99_999, "reason": "Too much."}
    other = f"/v1/admin/bookings/{disputed[1].id}/actions/resolve"
    assert (await client.post(other, headers=operator, json=too_much)).status_code == 422


async def test_a_moderator_hides_and_shows_ratings(world: BookingWorld, client: httpx.AsyncClient) -> None:
    booking = await world.completed()
    await submit_rating(world.deps, world.principal(world.customer), booking.id, 1, "Terrible!")
    await world.move_to(booking.slot.end_at + timedelta(days=8))
    moderator = await sign_in(world.container, make_user(roles=[Role.USER, Role.MODERATOR]))
    customer = await sign_in(world.container, world.customer)

    (rating,) = (await client.get("/v1/admin/ratings?state=published", headers=moderator)).json()["items"]
    why = {"reason": "It names a third person."}
    hidden = (await client.post(f"/v1/admin/ratings/{rating['id']}/hide", headers=moderator, json=why)).json()
    why = {"reason": "That person agreed."}
    shown = (await client.post(f"/v1/admin/ratings/{rating['id']}/publish", headers=moderator, json=why)).json()

    assert (hidden["state"], shown["state"]) == ("moderated", "published")
    assert (await client.post("/v1/admin/ratings/rat_none/hide", headers=moderator)).status_code == 404
    assert (await client.get("/v1/admin/ratings", headers=customer)).status_code == 403
