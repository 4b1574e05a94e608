"""Bookings in people's own calendars."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.http import api_client
from tests.support.identity import sign_in

if TYPE_CHECKING:
    from tests.support.booking_world import BookingWorld


async def test_a_booking_as_a_file(world: BookingWorld) -> None:
    booking = await world.accepted()
    customer = await sign_in(world.container, world.customer)

    async with api_client("bookings", world.container) as client:
        answer = await client.get(f"/v1/bookings/{booking.id}/calendar.ics", headers=customer)

    assert answer.headers["content-type"].startswith("text/calendar")
    lines = answer.text.split("\r\n")
    assert f"UID:{booking.id}@gigsta" in lines
    assert f"DTSTART:{booking.slot.start_at:%Y%m%dT%H%M%SZ}" in lines
    assert "STATUS:CONFIRMED" in lines


async def test_a_feed_opens_with_its_newest_address_only(world: BookingWorld) -> None:
    booking = await world.accepted()
    provider = await sign_in(world.container, world.provider_user)
    customer = await sign_in(world.container, world.customer)

    async with api_client("bookings", world.container) as client:
        old = (await client.put("/v1/bookings/calendar-feed", headers=provider)).json()["url"]
        new = (await client.put("/v1/bookings/calendar-feed", headers=provider)).json()["url"]
        shown = await client.get(new)
        gone = await client.get(old)
        refused = await client.put("/v1/bookings/calendar-feed", headers=customer)
        ended = await client.delete("/v1/bookings/calendar-feed", headers=provider)
        after = await client.get(new)

    assert f"UID:{booking.id}@gigsta" in shown.text
    assert (gone.status_code, refused.status_code, ended.status_code, after.status_code) == (404, 403, 204, 404)
