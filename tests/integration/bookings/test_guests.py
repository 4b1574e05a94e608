"""Guest checkout: from a request with a held slot to the booking of a proven account."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from common.adapters.mail.renderer import TemplateMailRenderer
from common.application.bookings.intents import complete_intent
from common.application.identity.mail_links import prepare_mail
from common.domain.bookings.booking import BookingStatus
from common.domain.shared.display import local_time_text
from common.domain.shared.errors import NotFound, SlotUnavailable

from tests.factories.users import make_user
from tests.fakes.payment_gateway import Fault
from tests.support.booking_world import ADDRESS
from tests.support.identity import store_user

if TYPE_CHECKING:
    import httpx
    from common.domain.identity.users import User

    from tests.support.booking_world import BookingWorld

EMAIL = "guest@example.com"


async def open_intent(world: BookingWorld, client: httpx.AsyncClient, email: str = EMAIL) -> dict[str, Any]:
    answer = await client.post("/v1/booking-intents", json=guest_request(world, email))
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def guest_request(world: BookingWorld, email: str = EMAIL) -> dict[str, Any]:
    return {
        "service_id": world.service.id,
        "start_at": world.start_in(days=2).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "address": ADDRESS,
        "customer": {"full_name": "Guest", "email": email, "phone_number": "021 123 4567"},
    }


async def guest(world: BookingWorld, email: str = EMAIL) -> User:
    """The guest's account once its profile is complete, as onboarding leaves it."""
    found = await world.container.users.find_by_email_key(email)
    assert found is not None
    profile = {"full_name": found.full_name or "Guest", "phone_number": found.phone_number or "+64211234567"}
    return await world.container.users.update(found.id, profile)


@pytest.mark.parametrize("resource_ids", [[], ["res_a", "res_b"]], ids=["one resource", "two resources"])
async def test_a_guest_holds_a_slot_and_books_it(
    world: BookingWorld, client: httpx.AsyncClient, resource_ids: list[str]
) -> None:
    service = await world.container.services.update(
        world.service.id, {"resource_ids": resource_ids}, now=world.clock.now()
    )
    opened = await open_intent(world, client)
    assert opened["status"] == "pending"
    assert len(world.publisher.events) == 1
    with pytest.raises(SlotUnavailable):
        await world.book(world.start_in(days=2))

    done = await complete_intent(world.container.booking_intents, await guest(world), opened["id"])

    assert done.status == BookingStatus.PENDING_PAYMENT
    assert (done.client_secret or "").startswith("pi_")
    read = (await client.get(f"/v1/booking-intents/{opened['id']}?secret={opened['secret']}")).json()
    assert (read["status"], read["booking_id"]) == ("completed", done.id)
    claims = [row async for row in world.container.mongo.collection("slot_claims").find()]
    assert {row["booking_id"] for row in claims} == {done.id}
    assert sorted(row["resource_id"] for row in claims) == service.resources()


async def test_the_guest_has_no_power_before_the_address_is_proven(
    world: BookingWorld, client: httpx.AsyncClient
) -> None:
    victim = await store_user(world.container, make_user(email="victim@example.com"))
    known = await open_intent(world, client, victim.email)

    assert set(known) == {
        "id", "status", "service_id", "service_title", "start_at", "end_at", "expires_at", "booking_id", "secret",
        "place_kind",
    }  # fmt: skip
    assert await guest(world, victim.email) == victim


async def test_only_its_owner_completes_and_only_its_secret_reads(
    world: BookingWorld, client: httpx.AsyncClient
) -> None:
    opened = await open_intent(world, client)

    with pytest.raises(NotFound):
        await complete_intent(world.container.booking_intents, world.customer, opened["id"])
    assert (await client.get(f"/v1/booking-intents/{opened['id']}?secret=wrong")).status_code == 404


async def test_an_abandoned_hold_gives_way_and_is_told_so(world: BookingWorld, client: httpx.AsyncClient) -> None:
    opened = await open_intent(world, client)
    start = world.start_in(days=2)
    world.clock.advance(minutes=30)

    booking = await world.book(start)

    assert booking.status is BookingStatus.PENDING_PAYMENT
    read = (await client.get(f"/v1/booking-intents/{opened['id']}?secret={opened['secret']}")).json()
    assert read["status"] == "expired"
    with pytest.raises(SlotUnavailable):
        await complete_intent(world.container.booking_intents, await guest(world), opened["id"])


async def test_completing_twice_at_once_makes_one_booking(world: BookingWorld, client: httpx.AsyncClient) -> None:
    opened = await open_intent(world, client)
    user = await guest(world)

    done = await asyncio.gather(
        *(complete_intent(world.container.booking_intents, user, opened["id"]) for _ in range(10))
    )

    assert len({each.id for each in done}) == 1
    assert await world.container.mongo.collection("bookings").count_documents({}) == 1


async def test_stripe_being_unavailable_costs_the_guest_nothing(world: BookingWorld, client: httpx.AsyncClient) -> None:
    opened = await open_intent(world, client)
    world.gateway.faults.append(Fault.AWAY)

    done = await complete_intent(world.container.booking_intents, await guest(world), opened["id"])

    assert done.client_secret is None
    again = await complete_intent(world.container.booking_intents, await guest(world), opened["id"])
    assert again.id == done.id


async def test_of_guests_and_customers_at_one_slot_one_wins(world: BookingWorld, client: httpx.AsyncClient) -> None:
    async def as_guest(number: int) -> str | None:
        answer = await client.post("/v1/booking-intents", json=guest_request(world, f"guest{number}@example.com"))
        assert answer.status_code in {201, 409}
        return str(answer.json()["id"]) if answer.status_code == 201 else None

    async def as_customer(number: int) -> str | None:
        customer = await store_user(world.container, make_user(email=f"customer{number}@example.com"))
        try:
            return (await world.book(world.start_in(days=2), customer=customer)).id
        except SlotUnavailable:
            return None

    won = await asyncio.gather(*(as_guest(n) for n in range(10)), *(as_customer(n) for n in range(10)))

    assert len([each for each in won if each]) == 1


async def test_the_guest_s_mail_names_service_and_time_and_how_long_it_is_kept(
    world: BookingWorld, client: httpx.AsyncClient
) -> None:
    opened = await open_intent(world, client)
    event = next(each for each in world.publisher.events if each.type == "mail.link_requested")

    mail = await prepare_mail(world.container.mail_links, event)

    assert mail is not None
    rendered = TemplateMailRenderer().render(mail.template, mail.data)
    words = " ".join(rendered.text.split())
    start = local_time_text(world.start_in(days=2), "Pacific/Auckland")
    ends = local_time_text(datetime.fromisoformat(opened["expires_at"]), "Pacific/Auckland")
    assert world.service.title in rendered.subject
    assert f"{world.service.title}, {start}" in words
    assert f"kept until {ends}" in words
