"""Work at the provider's place and online, over HTTP: choosing it, who sees it, mails, calendars, exports."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from common.adapters.privacy.export import MongoPersonalExport
from common.application.bookings.create import BookingInput, create_booking
from common.application.bookings.intents import complete_intent
from common.application.notifications.deliver import deliver_event
from common.domain.bookings.booking import BookingStatus
from common.domain.catalogue.place_kinds import PlaceKind
from common.domain.identity.users import Address
from common.domain.shared.events import Topic

from tests.support.booking_world import ADDRESS, BookingWorld, booking_request
from tests.support.http import api_client
from tests.support.identity import sign_in

if TYPE_CHECKING:
    import httpx
    from common.application.ports.notifications.mail import RenderedMail
    from common.domain.bookings.booking import Booking
    from common.runtime.container.bootstrap import Container

LINK, OTHER_LINK = "https://meet.example.com/first", "https://meet.example.com/second"
SALON = Address(text="34 Symonds Street", lat=-36.8570, lng=174.7640, is_located=True, suburb="Grafton, Auckland")


class Mails:
    """Implements ``Mailer``: keeps the last mail that each address got, its attachment included."""

    def __init__(self) -> None:
        self.last: dict[str, str] = {}

    async def send(self, to: str, mail: RenderedMail) -> str:
        self.last[to] = f"{mail.subject}\n{mail.text}\n{mail}".replace("\r\n ", "")
        return "msg"


@pytest.fixture
async def world(container: Container) -> BookingWorld:
    """A provider with a located address, and a service that is done at their place or online."""
    kinds = [PlaceKind.PROVIDER, PlaceKind.ONLINE]
    world = await BookingWorld(container.replace(mailer=Mails())).open(place_kinds=kinds, online_link=LINK)
    await container.providers.update(world.provider.id, {"address": SALON}, now=world.clock.now())
    return world


async def booked(world: BookingWorld, client: httpx.AsyncClient, customer: dict[str, str], kind: str) -> Booking:
    """A paid booking that waits for the provider."""
    body = booking_request(world, place_kind=kind)
    del body["address"]
    answer = await client.post("/v1/bookings", json=body, headers=customer)
    assert answer.status_code == 201, answer.text
    booking = await world.deps.bookings.get(answer.json()["id"])
    assert booking is not None
    return await world.pay(booking)


async def place_for(client: httpx.AsyncClient, who: dict[str, str], booking: Booking) -> dict[str, Any]:
    answer = await client.get(f"/v1/bookings/{booking.id}", headers=who)
    return dict(answer.json()["place"])


async def act(client: httpx.AsyncClient, who: dict[str, str], booking: Booking, action: str, **given: Any) -> Any:
    return await client.post(f"/v1/bookings/{booking.id}/actions/{action}", json=given, headers=who)


async def mailed(world: BookingWorld, *types: str) -> dict[str, str]:
    mails: Mails = world.container.mailer  # type: ignore[assignment]
    mails.last = {}
    for event in [each for each in world.publisher.events if each.topic is Topic.NOTIFICATIONS and each.type in types]:
        await deliver_event(world.container.delivery, event)
    return mails.last


async def exported(world: BookingWorld, user_id: str, provider_id: str | None = None) -> str:
    held = await MongoPersonalExport(world.container.mongo).collect(user_id, provider_id, most_bytes=1_000_000)
    rows_by_name = held.sections.items()
    return json.dumps({name: [str(row) for row in rows] for name, rows in rows_by_name if name.startswith("bookings")})


@pytest.mark.parametrize(
    ("changed", "field", "code"),
    [
        ({"address": ADDRESS}, "place_kind", "missing"),
        ({"place_kind": "customer"}, "place_kind", "not_offered"),
        ({"place_kind": "online", "address": ADDRESS}, "address", "not_allowed"),
        ({"place_kind": "provider", "access_notes": "gate"}, "access_notes", "not_allowed"),
        ({"place_kind": "moon"}, "place_kind", "enum"),
    ],
)
async def test_what_does_not_go_together_names_the_field(
    world: BookingWorld,
    client: httpx.AsyncClient,
    customer: dict[str, str],
    changed: dict[str, Any],
    field: str,
    code: str,
) -> None:
    body = {**booking_request(world), "address": None, **changed}
    for path in ("/v1/bookings", "/v1/booking-intents"):
        guest = {"customer": {"full_name": "Mere Tui", "email": "mere@example.com"}} if "intents" in path else {}
        answer = await client.post(path, json={**body, **guest}, headers={} if guest else customer)
        assert answer.status_code == 422, answer.text
        assert [(each["field"], each["code"]) for each in answer.json()["errors"]] == [(field, code)]


async def test_a_visit_still_needs_its_address(container: Container) -> None:
    world = await BookingWorld(container).open()
    async with api_client("bookings", container) as client:
        body = {**booking_request(world), "address": None}
        answer = await client.post("/v1/bookings", json=body, headers=await sign_in(container, world.customer))
    assert [(each["field"], each["code"]) for each in answer.json()["errors"]] == [("address", "missing")]


async def test_the_customer_goes_to_the_provider(
    world: BookingWorld, client: httpx.AsyncClient, customer: dict[str, str], provider: dict[str, str]
) -> None:
    booking = await booked(world, client, customer, "provider")
    path = f"/v1/bookings/{booking.id}"
    feed = (await client.put("/v1/bookings/calendar-feed?role=customer", headers=customer)).json()["url"]

    before = await place_for(client, customer, booking)
    assert (before["kind"], before["address"], before["is_exact"]) == ("provider", "Grafton, Auckland", False)
    texts = [
        (await client.get(url, headers=customer)).text for url in (path, f"{path}/history", f"{path}/calendar.ics")
    ]
    mails = await mailed(world, "booking.requested")
    shown = "\n".join([*texts, (await client.get(feed)).text, mails[world.customer.email]])
    assert SALON.text not in shown + await exported(world, world.customer.id)
    assert "Where: Grafton, Auckland (Kauri Gardens)" in " ".join(mails[world.customer.email].split())
    assert SALON.text in mails[world.provider_user.email]
    assert (await place_for(client, provider, booking))["address"] == SALON.text

    assert (await act(client, provider, booking, "accept")).status_code == 200
    assert (await place_for(client, customer, booking))["address"] == SALON.text
    mail = (await mailed(world, "booking.accepted"))[world.customer.email]
    assert "expects you for Hedge trimming" in mail
    assert SALON.text in mail
    assert (await world.get(booking)).start_code in mail
    assert f"LOCATION:{SALON.text}" in (await client.get(feed)).text
    assert SALON.text not in await exported(world, world.customer.id)
    assert SALON.text in await exported(world, world.provider_user.id, world.provider.id)

    await world.container.providers.update(
        world.provider.id, {"address": SALON.model_copy(update={"text": "1 Elsewhere"})}, now=world.clock.now()
    )
    assert (await place_for(client, customer, booking))["address"] == SALON.text


async def test_they_meet_online(
    world: BookingWorld,
    client: httpx.AsyncClient,
    customer: dict[str, str],
    provider: dict[str, str],
    stranger: dict[str, str],
) -> None:
    booking = await booked(world, client, customer, "online")
    path = f"/v1/bookings/{booking.id}"
    feed = (await client.put("/v1/bookings/calendar-feed?role=customer", headers=customer)).json()["url"]
    texts = [
        (await client.get(url, headers=who)).text
        for url in (path, f"{path}/calendar.ics")
        for who in (customer, provider)
    ]
    requested = await mailed(world, "booking.requested")
    assert LINK not in "\n".join([*texts, *requested.values(), (await client.get(feed)).text])
    own = (await client.get(path, headers=customer)).json()
    assert (own["place"]["address"], own["place"]["online_link"], own["start_code"]) == ("", None, None)

    await act(client, provider, booking, "accept")
    for who in (customer, provider):
        assert (await place_for(client, who, booking))["online_link"] == LINK
    accepted = await mailed(world, "booking.accepted")
    assert "will meet you online" in accepted[world.customer.email]
    assert LINK in accepted[world.customer.email]
    assert "will come" not in accepted[world.customer.email]
    assert f"URL:{LINK}" in (await client.get(feed)).text

    assert (await act(client, stranger, booking, "set_online_link", online_link=OTHER_LINK)).status_code == 404
    assert (await act(client, customer, booking, "set_online_link", online_link=OTHER_LINK)).status_code == 403
    wrong = await act(client, provider, booking, "set_online_link", online_link="http://meet.example.com/")
    assert [each["field"] for each in wrong.json()["errors"]] == ["online_link"]
    changed = await act(client, provider, booking, "set_online_link", online_link=OTHER_LINK)
    assert changed.json()["place"]["online_link"] == OTHER_LINK
    told = await mailed(world, "booking.online_link_set")
    assert list(told) == [world.customer.email]
    assert OTHER_LINK in told[world.customer.email]
    assert f"URL:{OTHER_LINK}" in (await client.get(feed)).text
    assert OTHER_LINK not in (await client.get(f"{path}/history", headers=customer)).text
    assert OTHER_LINK not in await exported(world, world.customer.id)

    await world.move_to(booking.slot.start_at)
    actions = (await client.get(f"{path}/actions", headers=provider)).json()
    assert {each["action_name"]: each["input_schema"] for each in actions}["start"] is None
    started = await act(client, provider, booking, "start")
    assert started.json()["status"] == BookingStatus.IN_PROGRESS
    reminded = await mailed(world, "booking.reminder_due")
    assert "meets you online" in reminded[world.customer.email]


async def test_a_guest_books_online_and_needs_no_address(world: BookingWorld, client: httpx.AsyncClient) -> None:
    body = {**booking_request(world), "place_kind": "online", "address": None}
    guest = {"customer": {"full_name": "Mere Tui", "email": "mere@example.com", "phone_number": "021 123 4567"}}
    opened = await client.post("/v1/booking-intents", json={**body, **guest})
    assert opened.status_code == 201, opened.text
    assert (opened.json()["place_kind"], LINK in opened.text) == ("online", False)
    user = await world.container.users.find_by_email_key("mere@example.com")
    assert user is not None
    named = user.model_copy(update={"full_name": "Mere Tui", "phone_number": "+64211234567"})
    await world.container.users.update(user.id, {"full_name": named.full_name, "phone_number": named.phone_number})
    done = await complete_intent(world.container.booking_intents, named, opened.json()["id"])
    made = await world.deps.bookings.get(done.id)
    assert made is not None
    assert (made.place.kind, made.place.online_link) == (PlaceKind.ONLINE, LINK)


async def test_a_request_that_comes_again_is_the_same_booking(
    world: BookingWorld, client: httpx.AsyncClient, customer: dict[str, str]
) -> None:
    body = {**booking_request(world), "place_kind": "provider", "address": None}
    first, again = [(await client.post("/v1/bookings", json=body, headers=customer)).json() for _ in range(2)]
    other = (await client.post("/v1/bookings", json={**body, "place_kind": "online"}, headers=customer)).json()
    assert first["id"] == again["id"] != other["id"]
    assert other["place"]["kind"] == "online"


async def test_what_older_releases_wrote_is_a_visit(world: BookingWorld) -> None:
    booking = await booked_by(world)
    rows = world.container.mongo.collection("bookings")
    await rows.update_one({"_id": booking.id}, {"$unset": {"place.kind": "", "place.online_link": ""}})
    assert (await world.get(booking)).place.kind is PlaceKind.CUSTOMER
    services = world.container.mongo.collection("services")
    await services.update_one({"_id": world.service.id}, {"$unset": {"place_kinds": "", "online_link": ""}})
    old = await world.container.services.get(world.service.id)
    assert old is not None
    assert old.place_kinds == [PlaceKind.CUSTOMER]


async def booked_by(world: BookingWorld) -> Booking:
    request = BookingInput(service_id=world.service.id, start_at=world.start_in(days=3), place_kind=PlaceKind.ONLINE)
    return (await create_booking(world.deps, world.customer.id, request))[0]
