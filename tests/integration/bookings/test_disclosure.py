"""What a provider sees of a customer: an area before the acceptance, address and contact after it, at every door."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from common.adapters.privacy.export import MongoPersonalExport
from common.application.notifications.deliver import deliver_event
from common.domain.bookings.booking import BookingStatus
from common.domain.bookings.state_machine import erase_customer
from common.domain.shared.events import Topic
from common.domain.shared.geo import Point, distance_m

from tests.support.booking_world import ADDRESS, booking_request
from tests.support.http import api_client

if TYPE_CHECKING:
    import httpx
    from common.application.ports.notifications.mail import RenderedMail
    from common.domain.bookings.booking import Booking

    from tests.support.booking_world import BookingWorld

GATE = "Gate code 4711"
NUMBER = "021 123 4567"
NOTES = f"Two dogs in the yard, call {NUMBER}"
MASKED = "Two dogs in the yard, call [hidden]"


class Mails:
    """Implements ``Mailer``: keeps what was sent to whom."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []

    async def send(self, to: str, mail: RenderedMail) -> str:
        self.sent.append((to, f"{mail.subject}\n{mail.summary}\n{mail.text}\n{mail.html}"))
        return "msg"


@pytest.fixture
async def asked(world: BookingWorld, client: httpx.AsyncClient, customer: dict[str, str]) -> Booking:
    """A paid booking with access notes that waits for the provider."""
    answer = await client.post(
        "/v1/bookings", json=booking_request(world, notes=NOTES, access_notes=GATE), headers=customer
    )
    assert answer.status_code == 201, answer.text
    assert answer.json()["access_notes"] == GATE
    booking = await world.deps.bookings.get(answer.json()["id"])
    assert booking is not None
    return await world.pay(booking)


async def everything_shown(
    world: BookingWorld, client: httpx.AsyncClient, provider: dict[str, str], booking: Booking
) -> str:
    """All that a provider can read of a booking anywhere, mails and inbox included."""
    path = f"/v1/bookings/{booking.id}"
    texts = []
    for url in (path, f"{path}/actions", f"{path}/history", "/v1/bookings?role=provider", f"{path}/calendar.ics"):
        answer = await client.get(url, headers=provider)
        assert answer.status_code == 200, answer.text
        texts.append(answer.text)
    feed = (await client.put("/v1/bookings/calendar-feed", headers=provider)).json()["url"]
    texts.append((await client.get(feed)).text)
    async with api_client("providers", world.container) as providers:
        texts.append((await providers.get("/v1/providers/me/jobs", headers=provider)).text)
    async with api_client("payments", world.container) as payments:
        texts.append((await payments.get(f"{path}/payment", headers=provider)).text)
    texts.append(await notified(world))
    personal = MongoPersonalExport(world.container.mongo)
    held = await personal.collect(world.provider_user.id, world.provider.id, most_bytes=1_000_000)
    texts.append(json.dumps({name: [str(row) for row in rows] for name, rows in held.sections.items()}))
    return "\n".join(texts).replace("\r\n ", "")


async def notified(world: BookingWorld) -> str:
    """Mails and inbox entries of the provider, of all that has happened up to now."""
    mails = Mails()
    delivery = world.container.replace(mailer=mails).delivery
    for event in [each for each in world.publisher.events if each.topic is Topic.NOTIFICATIONS]:
        await deliver_event(delivery, event)
    inbox = await world.container.inbox.notifications.list_by_user(
        world.provider_user.id, unread_only=False, limit=100, before=None
    )
    entries = "\n".join(f"{entry.title} {entry.body}" for entry in inbox)
    return entries + "\n".join(text for to, text in mails.sent if to == world.provider_user.email)


async def seen(client: httpx.AsyncClient, who: dict[str, str], booking: Booking) -> dict[str, Any]:
    answer = await client.get(f"/v1/bookings/{booking.id}", headers=who)
    return dict(answer.json())


def assert_only_an_area(view: dict[str, Any], shown: str, world: BookingWorld) -> None:
    place = view["place"]
    assert (place["address"], place["suburb"], place["is_exact"]) == ("Ponsonby, Auckland", "Ponsonby, Auckland", False)
    true = Point(-36.8529, 174.7400)
    assert 200 <= distance_m(true, Point(place["lat"], place["lng"])) <= 1_500
    assert view["notes"] == MASKED
    assert (view["access_notes"], view["contact"]) == ("", None)
    private = {ADDRESS, "12 Ponsonby", GATE, "4711", "-36.8529", NUMBER, world.customer.email, world.customer.full_name}
    assert not [each for each in private if each in shown]


async def test_before_accepting_a_provider_sees_an_area_and_the_notes(
    world: BookingWorld,
    client: httpx.AsyncClient,
    provider: dict[str, str],
    customer: dict[str, str],
    asked: Booking,
) -> None:
    shown = await everything_shown(world, client, provider, asked)

    assert_only_an_area(await seen(client, provider, asked), shown, world)
    own = await seen(client, customer, asked)
    assert (own["place"]["address"], own["place"]["is_exact"], own["access_notes"]) == (ADDRESS, True, GATE)
    assert own["notes"] == NOTES, "one's own words stay"


async def test_accepting_shows_where_and_how_to_get_in(
    world: BookingWorld, client: httpx.AsyncClient, provider: dict[str, str], asked: Booking
) -> None:
    accepted = await client.post(f"/v1/bookings/{asked.id}/actions/accept", headers=provider)

    for view in (accepted.json(), await seen(client, provider, asked)):
        assert (view["place"]["address"], view["place"]["is_exact"]) == (ADDRESS, True)
        assert (view["access_notes"], view["notes"]) == (GATE, NOTES)
        assert view["contact"]["email"] == world.customer.email
    shown = await everything_shown(world, client, provider, asked)
    assert ADDRESS in shown
    feed = (await client.put("/v1/bookings/calendar-feed", headers=provider)).json()["url"]
    file = await client.get(f"/v1/bookings/{asked.id}/calendar.ics", headers=provider)
    for text in (await notified(world), (await client.get(feed)).text, file.text):
        assert "4711" not in text


@pytest.mark.parametrize("ends", ["decline", "cancel", "expire"])
async def test_what_ended_before_its_acceptance_stays_an_area(
    world: BookingWorld, client: httpx.AsyncClient, provider: dict[str, str], asked: Booking, ends: str
) -> None:
    if ends == "expire":
        await world.move_to(asked.accept_by or world.clock.now())
    elif ends == "decline":
        await world.act(asked, ends, world.provider_user)
    else:
        await world.act(asked, ends, world.customer, {"reason": f"Call {NUMBER} instead"})

    ended = await world.get(asked)
    assert ended.status in {BookingStatus.DECLINED, BookingStatus.CANCELLED, BookingStatus.EXPIRED}
    assert_only_an_area(
        await seen(client, provider, asked), await everything_shown(world, client, provider, asked), world
    )


async def test_done_work_keeps_the_address_for_a_while_and_the_gate_s_code_not_at_all(
    world: BookingWorld,
    client: httpx.AsyncClient,
    provider: dict[str, str],
    customer: dict[str, str],
    asked: Booking,
) -> None:
    booking = await world.act(asked, "accept", world.provider_user)
    await world.move_to(booking.slot.start_at)
    booking = await world.act(booking, "start", world.provider_user, {"code": booking.start_code})
    booking = await world.act(booking, "complete", world.provider_user)
    await world.drain()

    done = await seen(client, provider, asked)
    await world.move_to(booking.slot.end_at + timedelta(days=3))
    settled = await world.get(asked)
    assert settled.status is BookingStatus.SETTLED
    assert (done["place"]["address"], done["access_notes"]) == (ADDRESS, "")
    assert done["contact"] is not None

    window = world.deps.settings.contact_after_close
    world.clock.set((settled.settled_at or world.clock.now()) + window)
    provider, customer = await tokens_anew(world)
    late = await seen(client, provider, asked)
    assert (late["place"]["address"], late["contact"]) == ("Ponsonby, Auckland", None)
    assert (await seen(client, customer, asked))["place"]["address"] == ADDRESS


async def tokens_anew(world: BookingWorld) -> tuple[dict[str, str], dict[str, str]]:
    """Sign-ins that are valid at the clock's present instant."""
    from tests.support.identity import sign_in

    return await sign_in(world.container, world.provider_user), await sign_in(world.container, world.customer)


async def test_two_bookings_of_one_address_show_one_point(
    world: BookingWorld, client: httpx.AsyncClient, provider: dict[str, str], asked: Booking
) -> None:
    other = await world.requested(world.start_in(days=3))

    first, second = await seen(client, provider, asked), await seen(client, provider, other)

    assert first["place"] == second["place"]


async def test_how_to_get_in_goes_when_the_account_does(world: BookingWorld, asked: Booking) -> None:
    await world.act(asked, "cancel", world.customer)

    change = erase_customer(await world.get(asked), world.clock.now())

    assert change is not None
    assert (change.booking.access_notes, change.booking.place.address, change.booking.place.suburb) == ("", "", "")


async def test_another_way_in_is_another_request(
    world: BookingWorld, client: httpx.AsyncClient, customer: dict[str, str]
) -> None:
    keyed = {**customer, "Idempotency-Key": "one-key"}
    first = await client.post("/v1/bookings", json=booking_request(world, access_notes=GATE), headers=keyed)
    await world.container.mongo.collection("idempotency_keys").delete_many({})
    other = await client.post("/v1/bookings", json=booking_request(world, access_notes="Ring twice"), headers=keyed)

    assert first.status_code == 201
    assert other.json()["code"] == "idempotency_key_reused"
    too_long = await client.post("/v1/bookings", json=booking_request(world, access_notes="x" * 501), headers=customer)
    assert too_long.json()["errors"][0]["field"] == "access_notes"
