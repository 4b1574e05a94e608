"""One's own hold never stands in one's way, nobody else's gives way, and one address keeps a few slots only."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from common.adapters.mongo.scheduling.slot_limits import MongoSlotLimits
from common.application.bookings.intents import complete_intent
from common.domain.bookings.booking import BookingStatus
from common.domain.scheduling.slot_limits import HoldLimit
from common.domain.shared.errors import Conflict
from common.runtime.http import create_app

from functions.bookings.routes import router
from tests.factories.users import make_user
from tests.support.booking_world import ADDRESS, booking_request
from tests.support.http import BASE_URL, api_client
from tests.support.identity import sign_in, store_user

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime

    from tests.support.booking_world import BookingWorld

import httpx

EMAIL = "guest@example.com"


@pytest.fixture
async def browser(world: BookingWorld) -> AsyncIterator[httpx.AsyncClient]:
    """Another browser, at another network address."""
    async with at_address(world, "198.51.100.9") as other:
        yield other


def at_address(world: BookingWorld, host: str) -> httpx.AsyncClient:
    app = create_app(router, service="bookings", container=world.container)
    transport = httpx.ASGITransport(app=app, client=(host, 443))
    return httpx.AsyncClient(transport=transport, base_url=BASE_URL)


def guest_request(world: BookingWorld, hours: float = 48, email: str = EMAIL, **changed: Any) -> dict[str, Any]:
    customer = {"full_name": "Guest", "email": email, "phone_number": "021 123 4567"}
    start = world.start_in(hours=hours).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"service_id": world.service.id, "start_at": start, "address": ADDRESS, "customer": customer, **changed}


async def ask(client: httpx.AsyncClient, body: dict[str, Any]) -> dict[str, Any]:
    answer = await client.post("/v1/booking-intents", json=body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def with_profile(world: BookingWorld, email: str = EMAIL) -> Any:
    found = await world.container.users.find_by_email_key(email)
    assert found is not None
    return await world.container.users.update(found.id, {"full_name": "Guest", "phone_number": "+64211234567"})


async def claims(world: BookingWorld) -> list[str]:
    return [row["booking_id"] async for row in world.container.mongo.collection("slot_claims").find()]


class TestGuests:
    async def test_asking_again_in_the_same_browser_takes_the_hold_over(
        self, world: BookingWorld, client: httpx.AsyncClient
    ) -> None:
        first = await ask(client, guest_request(world))
        second = await ask(client, guest_request(world, email="guest.corrected@example.com"))

        assert await claims(world) == [second["id"]]
        read = await client.get(f"/v1/booking-intents/{first['id']}?secret={first['secret']}")
        assert read.json()["status"] == "expired"

    async def test_the_earlier_secret_proves_it_from_anywhere(
        self, world: BookingWorld, client: httpx.AsyncClient, browser: httpx.AsyncClient
    ) -> None:
        first = await ask(client, guest_request(world))
        proof = {"id": first["id"], "secret": first["secret"]}
        moved = await ask(browser, guest_request(world, hours=72, replaces=proof))

        assert await claims(world) == [moved["id"]]

    async def test_a_mail_address_neither_frees_a_hold_nor_tells_of_one(
        self, world: BookingWorld, client: httpx.AsyncClient, browser: httpx.AsyncClient
    ) -> None:
        first = await ask(client, guest_request(world))

        same = await browser.post("/v1/booking-intents", json=guest_request(world))
        other = await browser.post("/v1/booking-intents", json=guest_request(world, email="other@example.com"))

        assert (same.status_code, other.status_code) == (409, 409)
        notified = ("code", "detail", "status", "title")
        assert [same.json()[name] for name in notified] == [other.json()[name] for name in notified]
        assert await claims(world) == [first["id"]]

    async def test_a_wrong_secret_is_no_proof(
        self, world: BookingWorld, client: httpx.AsyncClient, browser: httpx.AsyncClient
    ) -> None:
        first = await ask(client, guest_request(world))
        for proof in ({"id": first["id"], "secret": "guessed"}, {"id": "bki_none", "secret": first["secret"]}):
            answer = await browser.post("/v1/booking-intents", json=guest_request(world, replaces=proof))
            assert answer.status_code == 404
        assert await claims(world) == [first["id"]]

    async def test_any_link_of_the_guest_s_leads_to_the_one_booking(
        self, world: BookingWorld, client: httpx.AsyncClient
    ) -> None:
        first = await ask(client, guest_request(world))
        second = await ask(client, guest_request(world))
        user = await with_profile(world)

        done = await complete_intent(world.container.booking_intents, user, first["id"])
        again = await complete_intent(world.container.booking_intents, user, second["id"])

        assert again.id == done.id
        assert await claims(world) == [done.id]

    async def test_anyone_who_has_signed_in_books_over_their_own_hold(
        self, world: BookingWorld, client: httpx.AsyncClient
    ) -> None:
        held = await ask(client, guest_request(world))
        user = await with_profile(world)

        booking = await world.book(world.start_in(hours=48), customer=user)

        assert await claims(world) == [booking.id]
        read = await client.get(f"/v1/booking-intents/{held['id']}?secret={held['secret']}")
        assert (read.json()["status"], read.json()["booking_id"]) == ("completed", booking.id)


class TestCustomers:
    async def test_the_same_request_answers_with_the_booking_that_waits(
        self, world: BookingWorld, client: httpx.AsyncClient, customer: dict[str, str]
    ) -> None:
        first = await client.post("/v1/bookings", json=booking_request(world), headers=customer)
        again = await client.post("/v1/bookings", json=booking_request(world), headers=customer)

        assert (first.status_code, again.status_code) == (201, 201)
        assert again.json()["id"] == first.json()["id"]
        assert again.json()["payment"]["client_secret"] == first.json()["payment"]["client_secret"]

    async def test_another_request_for_the_slot_takes_the_place_of_the_one_that_waits(
        self, world: BookingWorld, client: httpx.AsyncClient, customer: dict[str, str]
    ) -> None:
        first = await client.post("/v1/bookings", json=booking_request(world), headers=customer)
        notified = len([each for each in world.publisher.events if each.type == "booking.cancelled"])
        other = await client.post("/v1/bookings", json=booking_request(world, notes="Bring a ladder"), headers=customer)

        assert other.status_code == 201
        assert other.json()["id"] != first.json()["id"]
        assert await claims(world) == [other.json()["id"]]
        ended = await world.deps.bookings.get(first.json()["id"])
        assert ended is not None
        assert ended.status is BookingStatus.CANCELLED
        assert len([each for each in world.publisher.events if each.type == "booking.cancelled"]) == notified

    async def test_a_request_that_is_refused_gives_nothing_up(
        self, world: BookingWorld, client: httpx.AsyncClient, customer: dict[str, str]
    ) -> None:
        first = await client.post("/v1/bookings", json=booking_request(world), headers=customer)
        far = await client.post(
            "/v1/bookings", json=booking_request(world, address="1 Swanston Street, Melbourne"), headers=customer
        )

        assert far.status_code == 422
        assert await claims(world) == [first.json()["id"]]

    async def test_a_paid_booking_and_a_stranger_s_stay(
        self, world: BookingWorld, client: httpx.AsyncClient, customer: dict[str, str], stranger: dict[str, str]
    ) -> None:
        booking = await world.book(world.start_in(days=2))
        assert (await client.post("/v1/bookings", json=booking_request(world), headers=stranger)).status_code == 409
        await world.pay(booking)
        again = await client.post("/v1/bookings", json=booking_request(world), headers=customer)
        assert (again.status_code, again.json()["code"]) == (409, "slot_unavailable")

    async def test_many_at_once_make_one_booking(
        self, world: BookingWorld, client: httpx.AsyncClient, customer: dict[str, str]
    ) -> None:
        answers = await asyncio.gather(
            *(client.post("/v1/bookings", json=booking_request(world), headers=customer) for _ in range(10))
        )
        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.json()["id"] for answer in answers}) == 1


class TestProfiles:
    @pytest.mark.parametrize(
        ("fields", "missing"),
        [
            ({"full_name": "", "phone_number": None}, ["full_name", "phone_number"]),
            ({"phone_number": None}, ["phone_number"]),
            ({"full_name": ""}, ["full_name"]),
        ],
    )
    async def test_an_account_without_a_profile_books_nothing(
        self, world: BookingWorld, client: httpx.AsyncClient, fields: dict[str, Any], missing: list[str]
    ) -> None:
        bare = await sign_in(world.container, make_user(**fields))

        answer = await client.post("/v1/bookings", json=booking_request(world), headers=bare)

        assert (answer.status_code, answer.json()["code"]) == (409, "profile_incomplete")
        assert answer.json()["missing"] == missing
        assert await claims(world) == []

    async def test_a_guest_s_request_becomes_no_booking_without_one(
        self, world: BookingWorld, client: httpx.AsyncClient
    ) -> None:
        held = await ask(client, guest_request(world))
        guest = await world.container.users.find_by_email_key(EMAIL)
        assert guest is not None
        with pytest.raises(Conflict) as refused:
            await complete_intent(world.container.booking_intents, guest, held["id"])
        assert refused.value.wire_code == "profile_incomplete"
        assert await claims(world) == [held["id"]]


class TestOneAddress:
    async def test_it_keeps_a_few_slots_of_a_provider_however_many_it_asks_for_at_once(
        self, world: BookingWorld, browser: httpx.AsyncClient
    ) -> None:
        most = world.deps.settings.holds_per_address

        async def guest(number: int) -> httpx.Response:
            async with at_address(world, "203.0.113.77") as fresh:
                body = guest_request(world, hours=48 + 2 * number, email=f"guest{number}@example.com")
                return await fresh.post("/v1/booking-intents", json=body)

        answers = await asyncio.gather(*(guest(number) for number in range(17)))

        assert Counter(answer.status_code for answer in answers) == {201: most, 429: 17 - most}
        refused = next(answer for answer in answers if answer.status_code == 429)
        assert refused.json()["code"] == "too_many_holds"
        assert 0 < int(refused.headers["retry-after"]) <= 1800
        elsewhere = await browser.post(
            "/v1/booking-intents", json=guest_request(world, hours=100, email="x@example.com")
        )
        assert elsewhere.status_code == 201

    async def test_unpaid_bookings_count_and_paid_ones_do_not(self, world: BookingWorld) -> None:
        most = world.deps.settings.holds_per_address

        async def book(client: httpx.AsyncClient, number: int) -> httpx.Response:
            caller = await sign_in(world.container, make_user())
            start = world.start_in(hours=48 + 2 * number).strftime("%Y-%m-%dT%H:%M:%SZ")
            return await client.post("/v1/bookings", json=booking_request(world, start_at=start), headers=caller)

        async with at_address(world, "2001:db8:1:2::1") as one, at_address(world, "2001:db8:1:2:ffff::9") as same_net:
            made = [await book(one if number % 2 else same_net, number) for number in range(most)]
            assert {answer.status_code for answer in made} == {201}
            assert (await book(one, 20)).json()["code"] == "too_many_holds"
            assert (await same_net.post("/v1/booking-intents", json=guest_request(world, hours=98))).status_code == 429

            paid = await world.deps.bookings.get(made[0].json()["id"])
            assert paid is not None
            assert (await world.pay(paid)).held_by is None
            assert (await book(one, 21)).status_code == 201
            assert (await book(one, 22)).status_code == 429

            world.clock.advance(minutes=15)
            assert (await book(same_net, 23)).status_code == 201

    async def test_replacing_one_s_own_needs_no_room(self, world: BookingWorld, client: httpx.AsyncClient) -> None:
        most = world.deps.settings.holds_per_address
        kept = [
            await ask(client, guest_request(world, hours=48 + 2 * n, email=f"g{n}@example.com")) for n in range(most)
        ]

        assert (await client.post("/v1/booking-intents", json=guest_request(world, hours=90))).status_code == 429
        await ask(client, guest_request(world, hours=48, email="g0.corrected@example.com"))
        proof = {"id": kept[1]["id"], "secret": kept[1]["secret"]}
        await ask(client, guest_request(world, hours=90, replaces=proof))

    async def test_holds_of_the_release_before_count_which_lists_none(
        self, world: BookingWorld, client: httpx.AsyncClient
    ) -> None:
        locks = world.container.mongo.collection("limit_locks")
        for number in range(world.deps.settings.holds_per_address):
            await ask(client, guest_request(world, hours=48 + 2 * number, email=f"g{number}@example.com"))
            await locks.update_many({}, {"$inc": {"taken": number % 2}, "$unset": {"holds": "", "listed": ""}})

        assert (await client.post("/v1/booking-intents", json=guest_request(world, hours=90))).status_code == 429

    async def test_its_list_stays_until_the_last_hold_ends(self, world: BookingWorld) -> None:
        mongo, now = world.container.mongo, world.clock.now()

        async def hold(number: int, ends_at: datetime) -> None:
            limit = HoldLimit(provider_id="prv_1", held_by="address", most=5, ends_at=ends_at)
            await mongo.in_transaction(
                lambda session: MongoSlotLimits(mongo).add_hold(limit, f"clm_{number}", [], now, session)
            )

        longest = now + timedelta(days=3)
        for number, ends_at in enumerate([longest, now + timedelta(minutes=15)]):
            await hold(number, ends_at)
        row = await mongo.collection("limit_locks").find_one({"_id": "prv_1:address"})
        assert row is not None
        assert (len(row["holds"]), row["expires_at"]) == (2, longest)

    async def test_another_provider_s_slots_are_another_matter(
        self, world: BookingWorld, client: httpx.AsyncClient
    ) -> None:
        most = world.deps.settings.holds_per_address
        for number in range(most):
            await ask(client, guest_request(world, hours=48 + 2 * number, email=f"g{number}@example.com"))
        owner = await store_user(world.container, make_user())
        other = world.provider.model_copy(update={"id": "prv_other", "user_id": owner.id})
        await world.container.providers.insert(other)
        service = world.service.model_copy(update={"id": "svc_other", "provider_id": other.id})
        await world.container.services.insert(service)

        await ask(client, guest_request(world, service_id=service.id))


async def test_the_network_address_is_in_nobody_s_export(world: BookingWorld, client: httpx.AsyncClient) -> None:
    await ask(client, guest_request(world))
    user = await with_profile(world)
    async with api_client("auth", world.container) as auth:
        held = await auth.get("/v1/users/me/export", headers=await sign_in(world.container, user))
    assert held.json()["booking_intents"]
    assert not {"held_by", "device_hash"} & set(held.json()["booking_intents"][0])
