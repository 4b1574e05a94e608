"""Bookings of a provider who is suspended or gone: free to cancel at once, both told, seen by staff."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from common.application.admin.users import restore_user, suspend_user
from common.application.bookings.provider_unavailable import apply_to_open_bookings, find_present_booking
from common.application.bookings.read import view
from common.domain.bookings.booking import BookingStatus
from common.domain.bookings.charges import PaymentState
from common.domain.catalogue.providers import PROVIDER_SWITCHED
from common.domain.identity.clients import ClientInfo
from common.domain.identity.roles import Role
from common.domain.shared.events import Topic

from functions.payments.payment_checks_queue import process
from tests.factories.users import make_user
from tests.support.http import api_client
from tests.support.identity import sign_in

if TYPE_CHECKING:
    import httpx
    from common.domain.bookings.booking import Booking

    from tests.support.booking_world import BookingWorld

CLIENT = ClientInfo(ip="127.0.0.1", user_agent="test")
PRICE = 12_500


async def switch(world: BookingWorld, *, is_active: bool) -> None:
    """What an admin does; no worker has followed yet."""
    admin = world.principal(make_user(roles=[Role.USER, Role.ADMIN]))
    user_id, deps = world.provider_user.id, world.container.admin
    if is_active:
        await restore_user(deps, admin, user_id, CLIENT)
    else:
        await suspend_user(deps, admin, user_id, CLIENT, "Reports of fraud")


async def fee_shown(world: BookingWorld, booking: Booking) -> int:
    stored, actor = await find_present_booking(world.deps, world.principal(world.customer), booking.id)
    offers = view(world.deps, stored, actor).actions
    terms = next(each.consequences for each in offers if each.action_name == "cancel")
    assert terms is not None
    return terms.fee.amount


async def work(world: BookingWorld) -> None:
    """The worker of the payments queue takes what a suspension asks for."""
    for event in [each for each in world.publisher.events if each.type == PROVIDER_SWITCHED]:
        await process(world.container, event)
        world.publisher.events.remove(event)


def notified(world: BookingWorld, booking: Booking) -> list[str]:
    names = ("booking.provider_away", "booking.provider_back")
    events = [each for each in world.publisher.events if each.topic is Topic.NOTIFICATIONS and each.type in names]
    assert all(len(each.payload["recipients"]) == 2 for each in events)
    return [each.type for each in events if each.booking_id == booking.id]


@pytest.mark.parametrize("is_followed", [False, True])
async def test_cancelling_is_free_at_once_no_matter_who_does_it(world: BookingWorld, *, is_followed: bool) -> None:
    mine = await world.accepted(world.start_in(hours=30))
    other = await world.accepted(world.start_in(hours=35))
    assert await fee_shown(world, mine) == PRICE // 2
    await switch(world, is_active=False)
    if is_followed:
        await work(world)

    assert await fee_shown(world, mine) == 0
    await world.move_to(world.start_in(hours=20))
    await world.act(mine, "cancel", world.customer, {"accepted_fee": 0})
    await world.act(other, "cancel", world.operators[0])
    await world.drain()

    for booking in (await world.get(mine), await world.get(other)):
        assert (booking.status, booking.payment) == (BookingStatus.CANCELLED, PaymentState.NONE)
        assert booking.captured_amount == 0


async def test_both_are_told_and_staff_see_it_until_the_provider_is_back(world: BookingWorld) -> None:
    ahead = [await world.requested(world.start_in(days=3)), await world.accepted(world.start_in(days=4))]
    over = await world.accepted(world.start_in(days=5))
    await world.act(over, "cancel", world.provider_user)
    await switch(world, is_active=False)
    await work(world)
    await work(world)
    assert [notified(world, each) for each in ahead] == [["booking.provider_away"]] * 2
    assert notified(world, over) == []
    headers = await sign_in(world.container, world.operators[0])
    async with api_client("admin", world.container) as client:
        listed = (await client.get("/v1/admin/bookings-without-provider", headers=headers)).json()
        first = (await client.get("/v1/admin/bookings-without-provider?limit=1", headers=headers)).json()
        rest = await client.get(f"/v1/admin/bookings-without-provider?cursor={first['next_cursor']}", headers=headers)
    assert [each["id"] for each in listed["items"]] == [each.id for each in ahead]
    assert [each["id"] for each in rest.json()["items"]] == [ahead[1].id]

    await switch(world, is_active=True)
    await work(world)

    assert [notified(world, each)[-1] for each in ahead] == ["booking.provider_back"] * 2
    stored = [await world.get(each) for each in ahead]
    assert [each.provider_away_since for each in stored] == [None, None]


async def test_a_restored_provider_is_paid_by_the_policy_again_at_once(world: BookingWorld) -> None:
    booking = await world.accepted(world.start_in(hours=30))
    await switch(world, is_active=False)
    await work(world)
    await switch(world, is_active=True)
    assert await fee_shown(world, booking) == PRICE // 2


async def test_an_absence_costs_nobody_who_could_not_be_met(world: BookingWorld) -> None:
    booking = await world.accepted(world.start_in(hours=30))
    await switch(world, is_active=False)
    await work(world)
    stored = await world.get(booking)
    assert stored.provider_away_since is not None
    await world.move_to(booking.slot.start_at)
    world.clock.advance(minutes=20)
    await world.act(booking, "mark_no_show", world.customer)
    await world.move_to(world.start_in(days=3))
    assert (await world.get(booking)).payment_details.due_amount == 0


async def test_bookings_made_while_the_provider_is_suspended_are_never_left_behind(world: BookingWorld) -> None:
    starts = [world.start_in(days=2, hours=2 * number) for number in range(6)]
    made = await asyncio.gather(
        *(world.book(start) for start in starts[:3]),
        switch(world, is_active=False),
        *(world.book(start) for start in starts[3:]),
        return_exceptions=True,
    )
    await apply_to_open_bookings(world.deps, world.provider.id)
    rows = [row async for row in world.container.mongo.collection("bookings").find()]
    assert len(rows) == sum(not isinstance(each, BaseException) and each is not None for each in made)
    assert all(row["provider_away_since"] is not None for row in rows)


async def test_a_booking_that_commits_after_its_provider_was_suspended_says_so(world: BookingWorld) -> None:
    await world.container.mongo.collection("users").update_one(
        {"_id": world.provider_user.id}, {"$set": {"is_active": False}}
    )
    booking = await world.book()
    assert (await world.get(booking)).provider_away_since is not None
    assert notified(world, booking) == ["booking.provider_away"]


async def test_what_was_shown_as_free_is_not_charged_after_the_provider_is_back(
    world: BookingWorld, client: httpx.AsyncClient, customer: dict[str, str]
) -> None:
    booking = await world.accepted(world.start_in(hours=30))
    await switch(world, is_active=False)
    shown = await client.get(f"/v1/bookings/{booking.id}", headers=customer)
    await switch(world, is_active=True)
    path = f"/v1/bookings/{booking.id}/actions/cancel"

    for tag in (shown.headers["etag"], f'"{booking.version}"'):
        answer = await client.post(path, headers={**customer, "If-Match": tag})
        assert (answer.status_code, answer.json()["code"]) == (409, "fee_not_accepted")
        assert answer.json()["consequences"]["fee"]["amount"] == PRICE // 2

    assert (await world.get(booking)).status is BookingStatus.ACCEPTED


async def test_cancelling_ahead_of_the_worker_says_in_the_history_that_the_provider_was_unavailable(
    world: BookingWorld, client: httpx.AsyncClient, customer: dict[str, str]
) -> None:
    booking = await world.accepted(world.start_in(hours=30))
    await switch(world, is_active=False)
    shown = await client.get(f"/v1/bookings/{booking.id}", headers=customer)
    path = f"/v1/bookings/{booking.id}/actions/cancel"

    answer = await client.post(path, headers={**customer, "If-Match": shown.headers["etag"]})

    assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")
    history = await world.deps.bookings.list_history(booking.id, limit=50, after_version=booking.version)
    assert [each.action for each in history][:2] == ["provider_away", "cancel"]
    assert notified(world, booking) == ["booking.provider_away"]
