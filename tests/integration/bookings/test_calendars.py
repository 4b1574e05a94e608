"""Bookings in people's own calendars."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from icalendar import Calendar

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
        refused = await client.put("/v1/bookings/calendar-feed?role=provider", headers=customer)
        ended = await client.delete("/v1/bookings/calendar-feed", headers=provider)
        after = await client.get(new)

    assert f"UID:{booking.id}@gigsta" in shown.text
    assert shown.headers["cache-control"] == "private, no-store"
    (event,) = Calendar.from_ical(shown.text).walk("VEVENT")
    assert event.decoded("dtstart") == booking.slot.start_at
    assert (gone.status_code, refused.status_code, ended.status_code, after.status_code) == (404, 403, 204, 404)


async def test_a_feed_tells_nothing_of_customers_and_stores_only_a_digest(world: BookingWorld) -> None:
    booking = await world.accepted()
    await world.container.mongo.collection("bookings").update_one(
        {"_id": booking.id}, {"$set": {"notes": "The key is under the mat."}}
    )
    waiting = await world.requested(world.start_in(days=3))
    provider = await sign_in(world.container, world.provider_user)

    async with api_client("bookings", world.container) as client:
        url = (await client.put("/v1/bookings/calendar-feed", headers=provider)).json()["url"]
        shown = (await client.get(url)).text
        guessed = await client.get(url[:-1] + ("A" if url[-1] != "A" else "B"))

    assert guessed.status_code == 404
    assert all(f"UID:{each.id}@gigsta" in shown for each in (booking, waiting))
    private = {world.customer.email, world.customer.full_name, world.customer.id, "under the mat"}
    assert not [each for each in private if each in shown]
    stored = await world.container.mongo.collection("calendar_feeds").find_one()
    assert stored is not None
    assert url.rsplit("/", 1)[1] not in str(stored)


async def test_a_suspended_provider_s_feed_is_silent(world: BookingWorld) -> None:
    provider = await sign_in(world.container, world.provider_user)
    async with api_client("bookings", world.container) as client:
        url = (await client.put("/v1/bookings/calendar-feed", headers=provider)).json()["url"]
        await world.container.mongo.collection("users").update_one(
            {"_id": world.provider_user.id}, {"$set": {"is_active": False}}
        )
        assert (await client.get(url)).status_code == 404


async def test_work_done_stays_for_a_month_and_a_customer_has_a_feed_too(world: BookingWorld) -> None:
    booking = await world.completed()
    customer = await sign_in(world.container, world.customer)
    provider = await sign_in(world.container, world.provider_user)

    async with api_client("bookings", world.container) as client:
        urls = [
            (await client.put("/v1/bookings/calendar-feed", headers=who)).json()["url"] for who in (customer, provider)
        ]
        now = [(await client.get(url)).text for url in urls]
        await world.move_to(booking.slot.start_at + timedelta(days=29))
        month = [(await client.get(url)).text for url in urls]
        world.clock.advance(days=2)
        later = [(await client.get(url)).text for url in urls]

    uid = f"UID:{booking.id}@gigsta"
    assert [uid in text for text in (*now, *month, *later)] == [True, True, True, True, False, False]


async def test_both_feeds_of_one_person_are_apart(world: BookingWorld) -> None:
    booking = await world.accepted()
    provider = await sign_in(world.container, world.provider_user)

    async with api_client("bookings", world.container) as client:
        as_customer = (await client.put("/v1/bookings/calendar-feed?role=customer", headers=provider)).json()["url"]
        as_provider = (await client.put("/v1/bookings/calendar-feed", headers=provider)).json()["url"]
        shown = [f"UID:{booking.id}@gigsta" in (await client.get(url)).text for url in (as_customer, as_provider)]
        await client.delete("/v1/bookings/calendar-feed?role=customer", headers=provider)
        left = [(await client.get(url)).status_code for url in (as_customer, as_provider)]

    assert shown == [False, True]
    assert left == [404, 200]
