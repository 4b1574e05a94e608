"""Lists of bookings: each item carries its actions, and none costs a query of its own."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.identity import sign_in
from tests.support.profiled import profiled

if TYPE_CHECKING:
    import httpx
    from common.domain.bookings.booking import Booking

    from tests.support.booking_world import BookingWorld

Headers = dict[str, str]


async def commands_of(world: BookingWorld, client: httpx.AsyncClient, path: str, headers: Headers) -> list[str]:
    """The database's own record of the commands that one request needed."""
    async with profiled(world.container.mongo) as done:
        answer = await client.get(path, headers=headers)
    assert answer.status_code == 200, answer.text
    return sorted(row["ns"].split(".", 1)[1] for row in done if row["op"] in {"query", "getmore", "command"})


@pytest.mark.parametrize("role", ["customer", "provider"])
async def test_a_long_page_costs_no_more_queries_than_a_short_one(
    world: BookingWorld, client: httpx.AsyncClient, role: str
) -> None:
    for number in range(12):
        await world.accepted(world.start_in(days=2, hours=2 * number))
    headers = await sign_in(world.container, world.customer if role == "customer" else world.provider_user)
    path = f"/v1/bookings?role={role}&status=upcoming"

    await client.get(path, headers=headers)  # what is read once and kept, such as signing keys
    short = await commands_of(world, client, f"{path}&limit=1", headers)
    long = await commands_of(world, client, f"{path}&limit=12", headers)

    assert short.count("bookings") == 1
    assert long == short
    items = (await client.get(f"{path}&limit=12", headers=headers)).json()["items"]
    assert len(items) == 12
    for item in items:
        alone = (await client.get(f"/v1/bookings/{item['id']}/actions", headers=headers)).json()
        assert item["available_actions"] == alone
        assert alone


async def test_lists_are_filtered_by_role_group_status_and_period_together(
    world: BookingWorld, client: httpx.AsyncClient
) -> None:
    made = [await world.requested(world.start_in(days=2 + number)) for number in range(4)]
    await world.act(made[0], "decline", world.provider_user)
    await world.act(made[1], "accept", world.provider_user)
    moved = {"start_at": (made[1].slot.start_at + timedelta(hours=3)).isoformat()}
    await world.act(made[1], "propose_reschedule", world.provider_user, moved)
    customer = await sign_in(world.container, world.customer)
    provider = await sign_in(world.container, world.provider_user)

    async def ids(query: str, headers: Headers) -> list[str]:
        answer = await client.get(f"/v1/bookings?{query}", headers=headers)
        assert answer.status_code == 200, answer.text
        return [item["id"] for item in answer.json()["items"]]

    def at(booking: Booking, **more: Any) -> str:
        return (booking.slot.start_at + timedelta(**more)).strftime("%Y-%m-%dT%H:%M:%SZ")

    everything = [booking.id for booking in made]
    assert await ids("", customer) == everything[::-1]
    assert await ids("status=upcoming", customer) == everything[1:]
    assert await ids("status=past", customer) == everything[:1]
    assert await ids("status=needs_action", customer) == [made[1].id]
    assert await ids("status=needs_action&role=provider", provider) == [made[2].id, made[3].id]
    assert await ids("status=upcoming&status=requested", customer) == everything[2:]
    period = f"from={at(made[1])}&to={at(made[3])}"
    assert await ids(f"status=upcoming&{period}", customer) == [made[1].id, made[2].id]
    assert await ids(f"status=needs_action&role=provider&{period}", provider) == [made[2].id]
    assert await ids(f"from={at(made[3], seconds=1)}", customer) == []
    assert await ids("role=customer", provider) == []
