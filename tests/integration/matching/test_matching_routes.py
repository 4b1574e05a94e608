"""The routes of job requests and offers: from describing a job to the booking, and who sees what of it."""

from __future__ import annotations

from contextlib import AsyncExitStack
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from common.domain.catalogue.services import PriceType
from common.domain.identity.roles import Role
from common.domain.media.media import Purpose
from common.domain.shared.geo import Point, distance_m
from common.domain.shared.ids import new_id

from tests.factories.media import make_ready
from tests.factories.users import make_user
from tests.support.http import api_client
from tests.support.identity import sign_in, store_user
from tests.support.matching_world import ADDRESS, CATEGORY, MatchingWorld

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import httpx

BY_QUOTE: dict[str, Any] = {"price_type": PriceType.QUOTE, "price": None}
DESCRIPTION = "Griselinia, ten metres. Ring 021 123 4567."


class Door:
    """The matching function's routes, called by the people of a world."""

    def __init__(self, world: MatchingWorld, client: httpx.AsyncClient) -> None:
        self.world = world
        self._client = client

    async def call(self, who: Any, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """Call a route as somebody."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        signed_in = await sign_in(self.world.container, who)
        return await self._client.request(method, path, json=body, headers={**signed_in, **named})

    async def made(self, **changed: Any) -> dict[str, Any]:
        """Post a request as the customer, and let its first wave be sent."""
        answer = await self.call(self.world.customer, "POST", "/v1/job-requests", self.body(**changed))
        assert answer.status_code == 201, answer.text
        await self.world.drain()
        made: dict[str, Any] = answer.json()
        return made

    def body(self, **changed: Any) -> dict[str, Any]:
        """A job for the day after tomorrow."""
        start = self.world.clock.now() + timedelta(days=2)
        window = {"start_at": start.isoformat(), "end_at": (start + timedelta(hours=12)).isoformat()}
        job = {"category": CATEGORY, "title": "Trim the hedge", "description": DESCRIPTION, "address": ADDRESS}
        return {name: value for name, value in {**job, "window": window, **changed}.items() if value is not None}

    def provider(self, number: int = 0) -> Any:
        """The account of a provider."""
        return self.world.people[self.world.providers[number].id]

    async def offer(self, number: int = 0) -> dict[str, Any]:
        """The one offer that a provider has."""
        (offer,) = (await self.call(self.provider(number), "GET", "/v1/offers")).json()["items"]
        found: dict[str, Any] = offer
        return found


@pytest.fixture
async def door(world: MatchingWorld) -> AsyncIterator[Door]:
    async with AsyncExitStack() as parts:
        yield Door(world, await parts.enter_async_context(api_client("matching", world.container)))


async def test_a_quoted_job_goes_from_its_description_to_the_booking(door: Door) -> None:
    world = door.world
    await world.add_provider(800, **BY_QUOTE)
    created = await door.call(world.customer, "POST", "/v1/job-requests", door.body(mode="compare"))
    job = created.json()
    assert (created.status_code, job["status"], job["role"]) == (201, "open", "customer")
    assert created.headers["location"] == f"/v1/job-requests/{job['id']}"
    assert created.headers["etag"] == f'"{job["version"]}"'
    assert job["place"]["address"] == ADDRESS
    assert job["asked"] == []
    await world.drain()

    offer = await door.offer()
    assert (offer["status"], offer["price"], offer["accepting"]) == ("open", None, "quote")
    price = {"amount": 26_000, "currency": "nzd"}
    path = f"/v1/offers/{offer['id']}/accept"
    quoted = (
        await door.call(door.provider(), "POST", path, {"price": price, "note": "Mail me: tom@example.com"})
    ).json()
    assert quoted["quote"]["total"] == price
    assert [each["action_name"] for each in quoted["available_actions"]] == ["decline"]

    seen = (await door.call(world.customer, "GET", f"/v1/job-requests/{job['id']}")).json()
    assert [(each["provider_name"], each["is_quoted"]) for each in seen["asked"]] == [
        (world.providers[0].trading_name, True)
    ]
    (match,) = (await door.call(world.customer, "GET", f"/v1/job-requests/{job['id']}/matches")).json()["items"]
    assert match["score"]["points"] == sum(part["points"] for part in match["score"]["parts"])
    assert "tom@example.com" not in match["quote"]["note"]
    assert {each["action_name"] for each in match["available_actions"]} == {"choose", "counter", "decline"}

    less = {"price": {"amount": 24_000, "currency": "nzd"}}
    answers = f"/v1/job-requests/{job['id']}/offers/{offer['id']}"
    countered = (await door.call(world.customer, "POST", f"{answers}/counter", less)).json()
    assert countered["counter"]["price"] == less["price"]
    assert (await door.call(world.customer, "POST", f"{answers}/counter", less)).status_code == 409
    taken = (await door.call(door.provider(), "POST", path)).json()
    assert taken["status"] == "accepted"
    booking = await world.deps.bookings.get(taken["booking_id"])
    assert booking is not None
    assert booking.price.total.amount == 24_000
    matched = (await door.call(world.customer, "GET", f"/v1/job-requests/{job['id']}")).json()
    assert (matched["status"], matched["booking_id"]) == ("matched", booking.id)


async def test_a_chosen_quote_is_a_booking_and_the_others_are_gone(door: Door) -> None:
    world = door.world
    for metres in (500, 900):
        await world.add_provider(metres, **BY_QUOTE)
    job = await door.made(mode="compare")
    offers = [await door.offer(number) for number in (0, 1)]
    for number, offer in enumerate(offers):
        body = {"price": {"amount": 20_000 + number, "currency": "nzd"}}
        await door.call(door.provider(number), "POST", f"/v1/offers/{offer['id']}/accept", body)
    chosen = f"/v1/job-requests/{job['id']}/offers/{offers[1]['id']}/choose"
    stale = await door.call(world.customer, "POST", chosen, If_Match='"99"')
    assert stale.status_code == 412
    agreed = {"accepted_price": {"amount": 20_001, "currency": "nzd"}}
    for other in (None, {"accepted_price": {"amount": 20_000, "currency": "nzd"}}):
        unseen = await door.call(world.customer, "POST", chosen, other)
        assert (unseen.status_code, unseen.json()["code"]) == (409, "fee_not_accepted")
        assert unseen.json()["quote"]["total"] == agreed["accepted_price"]
    answer = (await door.call(world.customer, "POST", chosen, agreed)).json()
    assert answer["status"] == "accepted"
    assert answer["booking_id"]
    late = await door.call(door.provider(0), "POST", f"/v1/offers/{offers[0]['id']}/accept", {})
    assert (late.status_code, late.json()["code"]) == (409, "offer_gone")
    turned = f"/v1/job-requests/{job['id']}/offers/{offers[0]['id']}/decline"
    assert (await door.call(world.customer, "POST", turned)).json()["code"] == "offer_gone"


async def test_both_sides_may_decline_with_their_reasons_and_a_price_be_answered_by_another(door: Door) -> None:
    world = door.world
    for metres in (500, 900):
        await world.add_provider(metres, **BY_QUOTE)
    job = await door.made(mode="compare")
    offers = [await door.offer(number) for number in (0, 1)]
    of_customer = f"/v1/job-requests/{job['id']}/offers/{offers[0]['id']}"

    def priced(amount: int) -> dict[str, Any]:
        return {"price": {"amount": amount, "currency": "nzd"}, "note": "With the trimmings taken away."}

    await door.call(door.provider(0), "POST", f"/v1/offers/{offers[0]['id']}/accept", priced(26_000))
    await door.call(world.customer, "POST", f"{of_customer}/counter", priced(24_000))
    answered = await door.call(door.provider(0), "POST", f"/v1/offers/{offers[0]['id']}/counter", priced(25_000))
    assert answered.json()["quote"]["total"] == {"amount": 25_000, "currency": "nzd"}
    too_much = {"reason": "too_expensive", "note": "Somebody else is cheaper."}
    turned_down = (await door.call(world.customer, "POST", f"{of_customer}/decline", too_much)).json()
    assert (turned_down["status"], turned_down["decline_note"]) == ("declined", too_much["note"])
    busy = {"reason": "too_busy", "note": "Not before June."}
    declined = await door.call(door.provider(1), "POST", f"/v1/offers/{offers[1]['id']}/decline", busy)
    assert declined.json()["status"] == "declined"


async def test_a_provider_learns_the_suburb_and_no_contact(door: Door) -> None:
    await door.world.add_provider(800)
    await door.made()
    offer = await door.offer()
    text = str(offer)
    for secret in (
        ADDRESS,
        "021 123",
        door.world.customer.full_name,
        door.world.customer.email,
        door.world.customer.id,
    ):
        assert secret not in text
    home, shown = door.world.home, offer["job"]["place"]
    assert shown["suburb"] == "Ponsonby, Auckland"
    assert distance_m(Point(shown["lat"], shown["lng"]), Point(home.lat or 0, home.lng or 0)) >= 200
    assert offer["accepting"] == "booking"


async def test_to_those_whom_it_does_not_concern_nothing_exists(door: Door) -> None:
    world = door.world
    for metres in (500, 900):
        await world.add_provider(metres)
    job = await door.made()
    not_asked = await world.add_provider(1_000)
    operator = await store_user(world.container, make_user(roles=[Role.USER, Role.OPERATOR]))
    stranger = await store_user(world.container, make_user())
    others = [(await door.offer(0))["id"], (await door.offer(1))["id"]]
    path = f"/v1/job-requests/{job['id']}"
    for who in (stranger, world.people[not_asked.id], door.provider(0)):
        for method, where in (
            ("GET", path),
            ("GET", f"{path}/matches"),
            ("POST", f"{path}/cancel"),
            ("GET", f"/v1/offers/{others[1]}"),
            ("POST", f"/v1/offers/{others[1]}/accept"),
            ("POST", f"/v1/offers/{others[1]}/decline"),
            ("POST", f"{path}/offers/{others[1]}/choose"),
        ):
            answer = await door.call(who, method, where)
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), (method, where)
    assert (await door.call(world.people[not_asked.id], "GET", "/v1/offers")).json()["items"] == []
    assert (await door.call(stranger, "GET", "/v1/job-requests")).json()["items"] == []
    assert (await door.call(world.customer, "GET", f"/v1/offers/{others[0]}")).status_code == 404
    seen = await door.call(operator, "GET", path)
    assert (seen.status_code, seen.json()["role"]) == (200, "operator")
    assert len((await door.call(operator, "GET", f"{path}/matches")).json()["items"]) == 2
    assert [each["action_name"] for each in seen.json()["available_actions"]] == ["cancel"]


async def test_an_operator_sees_why_nobody_was_found(door: Door) -> None:
    world = door.world
    await world.add_provider(800)
    job = await door.made(budget={"amount": 100, "currency": "nzd"})
    operator = await store_user(world.container, make_user(roles=[Role.USER, Role.OPERATOR]))
    seen = (await door.call(operator, "GET", f"/v1/job-requests/{job['id']}")).json()
    assert seen["status"] == "exhausted"
    assert seen["search"] == {
        "candidates": 1,
        "left_out": [{"reason": "above_budget", "count": 1, "text": "above the budget"}],
        "text": "1 above the budget",
    }
    wider = {"budget": {"amount": 20_000, "currency": "nzd"}}
    again = await door.call(world.customer, "POST", f"/v1/job-requests/{job['id']}/extend", wider)
    assert (again.status_code, again.json()["status"]) == (200, "open")
    await world.drain()
    assert (await door.offer())["status"] == "open"


async def test_a_request_is_called_off_once_and_its_offers_with_it(door: Door) -> None:
    await door.world.add_provider(800)
    job = await door.made()
    path = f"/v1/job-requests/{job['id']}/cancel"
    stale = await door.call(door.world.customer, "POST", path, If_Match='"1"')
    assert (stale.status_code, stale.json()["request_status"]) == (412, "offering")
    ended = await door.call(door.world.customer, "POST", path, {"reason": "Did it myself"})
    assert (ended.status_code, ended.json()["status"]) == (200, "cancelled")
    assert ended.json()["history"][-1]["note"].endswith("Did it myself")
    assert (await door.offer())["status"] == "withdrawn"
    assert (await door.call(door.world.customer, "POST", path)).json()["code"] == "action_not_available"


async def test_the_same_key_makes_one_request(door: Door) -> None:
    body, customer = door.body(), door.world.customer
    first = await door.call(customer, "POST", "/v1/job-requests", body, Idempotency_Key="once")
    again = await door.call(customer, "POST", "/v1/job-requests", body, Idempotency_Key="once")
    assert again.json()["id"] == first.json()["id"]
    assert again.headers["idempotent-replayed"] == "true"
    other = await door.call(customer, "POST", "/v1/job-requests", door.body(title="Another"), Idempotency_Key="once")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert len((await door.call(customer, "GET", "/v1/job-requests")).json()["items"]) == 1


async def test_photos_are_shown_to_those_who_are_asked(door: Door) -> None:
    world = door.world
    await world.add_provider(800)
    now = world.clock.now()
    ready = make_ready(id=new_id("med", now), owner_id=world.customer.id, purpose=Purpose.JOB_REQUEST)
    other = make_ready(id=new_id("med", now), owner_id=world.customer.id, purpose=Purpose.MESSAGE)
    for photo in (ready, other):
        await world.container.media_repository.insert(photo)
    wrong = await door.call(world.customer, "POST", "/v1/job-requests", door.body(media_ids=[other.id]))
    assert [each["code"] for each in wrong.json()["errors"]] == ["wrong_purpose"]
    job = await door.made(media_ids=[ready.id])
    assert [each["id"] for each in job["media"]] == [ready.id]
    (shown,) = (await door.offer())["job"]["media"]
    assert shown["files"]
    again = await door.call(world.customer, "POST", "/v1/job-requests", door.body(media_ids=[ready.id]))
    assert [each["code"] for each in again.json()["errors"]] == ["media_in_use"]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"category": None}, "category"),
        ({"category": "no-such-thing"}, "category"),
        ({"address": None}, "address"),
        ({"description": None}, "description"),
        ({"description": " \u200b\n"}, "description"),
        ({"budget": {"amount": 0, "currency": "nzd"}}, "budget.amount"),
        ({"budget": {"amount": 5_000, "currency": "xxx"}}, "budget"),
        ({"timezone": "Mars/Base"}, "timezone"),
        ({"radius_km": 0}, "radius_km"),
        ({"radius_km": 500}, "radius_km"),
        ({"mode": "lottery"}, "mode"),
        ({"media_ids": ["med_1", "med_1"]}, "media_ids"),
        ({"media_ids": ["med_1"]}, "media_ids.0"),
        ({"duration_minutes": 3}, "duration_minutes"),
        ({"duration_minutes": 62}, "duration_minutes"),
        ({"nonsense": 1}, "nonsense"),
        ({"window": {"start_at": "2026-01-01T00:00:00Z", "end_at": "2026-01-02T00:00:00Z"}}, "window"),
    ],
)
async def test_what_is_wrong_with_a_request_is_named(door: Door, changed: dict[str, Any], field: str) -> None:
    answer = await door.call(door.world.customer, "POST", "/v1/job-requests", door.body(**changed))
    assert answer.status_code == 422, answer.text
    assert any(each["field"].startswith(field) for each in answer.json()["errors"]), answer.text


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "price"),
        ({"price": {"amount": 60_000, "currency": "nzd"}}, "price"),
        ({"price": {"amount": 6_000, "currency": "aud"}}, "price"),
        ({"price": {"amount": 6_000, "currency": "nzd"}, "start_at": "2027-01-01T00:00:00"}, "start_at"),
        ({"price": {"amount": 6_000, "currency": "nzd"}, "start_at": "2027-01-01T00:00:00Z"}, "start_at"),
        ({"price": {"amount": 6_000, "currency": "nzd"}, "note": "x" * 501}, "note"),
    ],
)
async def test_what_is_wrong_with_an_answer_is_named(door: Door, body: dict[str, Any], field: str) -> None:
    await door.world.add_provider(800, **BY_QUOTE)
    await door.made(mode="compare", budget={"amount": 50_000, "currency": "nzd"})
    offer = await door.offer()
    answer = await door.call(door.provider(), "POST", f"/v1/offers/{offer['id']}/accept", body)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["field"].startswith(field)
    assert (await door.offer())["quote"] is None
