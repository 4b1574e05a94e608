"""The routes of bookings, as their callers use them."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from common.domain.bookings.booking import BookingStatus
from common.domain.catalogue.services import ServiceStatus

from tests.factories.users import make_user
from tests.support.booking_world import booking_request
from tests.support.identity import sign_in

if TYPE_CHECKING:
    import httpx

    from tests.support.booking_world import BookingWorld

Headers = dict[str, str]


async def test_booking_answers_with_what_the_client_needs_to_pay(
    world: BookingWorld, client: httpx.AsyncClient, customer: Headers
) -> None:
    answer = await client.post("/v1/bookings", json=booking_request(world), headers=customer)

    assert answer.status_code == 201
    booking = answer.json()
    assert answer.headers["location"] == f"/v1/bookings/{booking['id']}"
    assert answer.headers["etag"] == f'"{booking["version"]}"'
    assert booking["status"] == "pending_payment"
    assert booking["payment"]["client_secret"].startswith("pi_")
    assert booking["price"] == {"amount": 12500, "currency": "nzd"}
    assert booking["provider_name"] == world.provider.trading_name
    assert booking["start_at"].endswith("Z")
    assert [each["action_name"] for each in booking["available_actions"]] == ["cancel"]
    assert booking["available_actions"][0]["consequences"]["fee"]["amount"] == 0


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"start_at": "2030-03-06T00:00:00"}, "start_at"),
        ({"start_at": "2020-03-06T00:00:00Z"}, "start_at"),
        ({"start_at": "2040-03-06T00:00:00Z"}, "start_at"),
        ({"start_at": "9999-12-31T23:55:00Z"}, "start_at"),
        ({"start_at": "9999-12-31T23:55:00-14:00"}, "start_at"),
        ({"start_at": "0001-01-01T00:00:00+14:00"}, "start_at"),
        ({"start_at": "2030-03-06T00:02:00Z"}, "start_at"),
        ({"notes": "x" * 10_000}, "notes"),
        ({"duration_minutes": 0}, "duration_minutes"),
        ({"address": ""}, "address"),
        ({"service_id": 7}, "service_id"),
    ],
)
async def test_bad_requests_are_refused_by_field(
    world: BookingWorld, client: httpx.AsyncClient, customer: Headers, changed: dict[str, Any], field: str
) -> None:
    answer = await client.post("/v1/bookings", json=booking_request(world, **changed), headers=customer)

    assert answer.status_code == 422, answer.text
    assert [each["field"] for each in answer.json()["errors"]] == [field]
    assert await world.container.mongo.collection("bookings").count_documents({}) == 0


@pytest.mark.parametrize(
    "body",
    [
        [1],
        "text",
        {},
        {"start_at": "9999-12-31T23:55:00-14:00"},
        {"start_at": "0001-01-01T00:00:00+14:00"},
        {"start_at": "9999-12-31T23:55:00Z"},
        {"start_at": 1e30},
        {"start_at": "2030-03-06T01:00:00Z", "other": 1},
        {"start_at": "2030-03-06T01:00:00Z", "note": "x" * 10_000},
    ],
)
async def test_bad_input_of_an_action_changes_nothing(
    world: BookingWorld, client: httpx.AsyncClient, customer: Headers, body: Any
) -> None:
    booking = await world.accepted()

    answer = await client.post(f"/v1/bookings/{booking.id}/actions/propose_reschedule", json=body, headers=customer)

    assert answer.status_code == 422, answer.text
    assert (await world.get(booking)).version == booking.version


@pytest.mark.parametrize(
    "query",
    [
        "from=9999-12-31T23:59:59-14:00",
        "from=2030-03-06T00:00:00",
        "cursor=abc",
        "status=",
        "status=past&status=upcoming",
        "role=x",
        "limit=0",
    ],
)
async def test_bad_filters_are_refused(client: httpx.AsyncClient, customer: Headers, query: str) -> None:
    assert (await client.get(f"/v1/bookings?{query}", headers=customer)).status_code == 422


@pytest.mark.parametrize("tag", ['W/"1"', "abc", '"99999999999999999999"'])
async def test_a_bad_entity_tag_is_refused(
    world: BookingWorld, client: httpx.AsyncClient, customer: Headers, tag: str
) -> None:
    booking = await world.requested()

    answer = await client.post(f"/v1/bookings/{booking.id}/actions/cancel", headers={**customer, "If-Match": tag})

    assert answer.status_code == 422
    assert (await world.get(booking)).version == booking.version


async def test_an_unknown_service_is_not_found(
    world: BookingWorld, client: httpx.AsyncClient, customer: Headers
) -> None:
    answer = await client.post("/v1/bookings", json=booking_request(world, service_id="svc_none"), headers=customer)

    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"address": "1 Queen\x00 Street"}, "address"), ({"notes": "a\x1bb"}, "notes"),
        ({"start_at": 1_795_238_400}, "start_at"), ({"start_at": "9999-12-31T23:55:00Z"}, "start_at"),
    ],
)  # fmt: skip
async def test_what_cannot_be_read_is_not_taken(
    world: BookingWorld, client: httpx.AsyncClient, customer: Headers, changed: dict[str, Any], field: str
) -> None:
    answer = await client.post("/v1/bookings", json=booking_request(world, **changed), headers=customer)

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_a_draft_is_as_unknown_to_those_who_book_as_to_those_who_look(
    world: BookingWorld, client: httpx.AsyncClient, customer: Headers
) -> None:
    draft = world.service.model_copy(update={"id": "svc_draft", "status": ServiceStatus.DRAFT})
    await world.container.services.insert(draft)

    answer = await client.post("/v1/bookings", json=booking_request(world, service_id=draft.id), headers=customer)

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_fifty_identical_requests_make_one_booking(
    world: BookingWorld, client: httpx.AsyncClient, customer: Headers
) -> None:
    headers = {**customer, "Idempotency-Key": "same"}
    body = booking_request(world)

    answers = await asyncio.gather(*(client.post("/v1/bookings", json=body, headers=headers) for _ in range(50)))

    codes = [answer.status_code for answer in answers]
    assert set(codes) <= {201, 409}
    assert codes.count(201) >= 1
    assert {answer.json()["id"] for answer in answers if answer.status_code == 201} == {
        row["_id"] async for row in world.container.mongo.collection("bookings").find()
    }
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} <= {"idempotency_in_flight"}
    replay = await client.post("/v1/bookings", json=body, headers=headers)
    assert replay.headers["idempotent-replayed"] == "true"
    other = await client.post("/v1/bookings", json={**body, "notes": "other"}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


@pytest.mark.parametrize("ends", [True, False], ids=["cancelled", "alive"])
async def test_a_key_means_a_booking_no_longer_than_its_answer_is_replayed(
    world: BookingWorld, client: httpx.AsyncClient, ends: bool
) -> None:
    async def book() -> httpx.Response:
        # Signed in again, as an access token does not live for a day.
        headers = {**await sign_in(world.container, world.customer), "Idempotency-Key": "kept"}
        return await client.post("/v1/bookings", json=body, headers=headers)

    body = booking_request(world, start_at=world.start_in(days=9).strftime("%Y-%m-%dT%H:%M:%SZ"))
    made = []
    for _ in range(3):
        first = await book()
        assert (first.status_code, first.json()["status"]) == (201, "pending_payment")
        made.append(first.json()["id"])
        booking = await world.deps.bookings.get(made[-1])
        assert booking is not None
        if ends:
            assert (await world.act(booking, "cancel", world.customer)).status is BookingStatus.CANCELLED
        else:
            await world.pay(booking)
        world.clock.advance(hours=23)
        replay = await book()
        assert (replay.json()["id"], replay.headers["idempotent-replayed"]) == (made[-1], "true")
        world.clock.advance(hours=1)
        if not ends:
            again = await book()
            assert (again.status_code, again.json()["code"]) == (409, "slot_unavailable")
            return
    assert len(set(made)) == 3


async def test_two_hundred_attempts_on_one_slot_through_http(world: BookingWorld, client: httpx.AsyncClient) -> None:
    callers = [await sign_in(world.container, make_user()) for _ in range(10)]
    body = booking_request(world)

    answers = await asyncio.gather(
        *(client.post("/v1/bookings", json=body, headers=callers[index % 10]) for index in range(200))
    )

    counts = Counter(answer.status_code for answer in answers)
    assert set(counts) == {201, 409}
    assert counts[201] <= 20, "only the winner's own requests are answered with what it keeps"
    assert len({answer.json()["id"] for answer in answers if answer.status_code == 201}) == 1
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"slot_unavailable"}


async def test_strangers_see_nothing(world: BookingWorld, client: httpx.AsyncClient, stranger: Headers) -> None:
    booking = await world.requested()

    for path in ("", "/actions", "/history"):
        assert (await client.get(f"/v1/bookings/{booking.id}{path}", headers=stranger)).status_code == 404
    refused = await client.post(f"/v1/bookings/{booking.id}/actions/cancel", headers=stranger)
    assert refused.status_code == 404
    assert (await client.get(f"/v1/bookings/{booking.id}")).status_code == 401


async def test_the_start_code_is_the_customers_and_contacts_follow_acceptance(
    world: BookingWorld, client: httpx.AsyncClient, customer: Headers, provider: Headers
) -> None:
    booking = await world.requested()
    path = f"/v1/bookings/{booking.id}"

    assert (await client.get(path, headers=customer)).json()["contact"] is None
    accepted = await client.post(f"{path}/actions/accept", headers=provider, json={"note": "See you then."})

    assert accepted.status_code == 200
    assert accepted.json()["status"] == "accepted"
    assert accepted.json()["start_code"] is None
    assert booking.start_code not in accepted.text
    seen = (await client.get(path, headers=customer)).json()
    assert seen["start_code"] == booking.start_code
    assert seen["contact"]["phone_number"] == world.provider_user.phone_number


async def test_start_codes_cannot_be_tried_out(world: BookingWorld, client: httpx.AsyncClient) -> None:
    booking = await world.accepted()
    await world.move_to(booking.slot.start_at)
    path = f"/v1/bookings/{booking.id}/actions"
    wrong = {"code": f"{(int(booking.start_code) + 1) % 1_000_000:06d}"}
    provider = await sign_in(world.container, world.provider_user)

    tries = [await client.post(f"{path}/start", headers=provider, json=wrong) for _ in range(10)]
    last = await client.post(f"{path}/start", headers=provider, json={"code": booking.start_code})

    assert {each.status_code for each in tries} == {422}
    assert last.status_code == 429
    assert int(last.headers["Retry-After"]) > 0
    other = await client.post(f"{path}/mark_no_show", headers=provider)
    assert other.status_code == 409, "other actions are not held up"


async def test_what_is_offered_is_accepted_and_the_rest_refused(
    world: BookingWorld, client: httpx.AsyncClient, provider: Headers
) -> None:
    booking = await world.requested()
    path = f"/v1/bookings/{booking.id}/actions"

    offered = (await client.get(path, headers=provider)).json()
    refused = await client.post(f"{path}/complete", headers=provider)
    unknown = await client.post(f"{path}/explode", headers=provider)

    assert [each["action_name"] for each in offered] == ["accept", "decline", "cancel"]
    assert offered[1]["is_critical"]
    assert offered[1]["input_schema"]["properties"]["reason"]
    assert refused.status_code == 409
    assert refused.json()["code"] == "action_not_available"
    assert refused.json()["booking_status"] == "requested"
    assert refused.json()["available_actions"] == ["accept", "decline", "cancel"]
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown_action")


async def test_a_stale_if_match_changes_nothing(
    world: BookingWorld, client: httpx.AsyncClient, provider: Headers
) -> None:
    booking = await world.requested()
    path = f"/v1/bookings/{booking.id}/actions/accept"

    stale = await client.post(path, headers={**provider, "If-Match": f'"{booking.version - 1}"'})
    fresh = await client.post(path, headers={**provider, "If-Match": f'"{booking.version}"'})

    assert (stale.status_code, stale.json()["code"]) == (412, "version_conflict")
    assert stale.json()["version"] == booking.version
    assert fresh.status_code == 200


async def test_lists_are_paged_filtered_and_carry_actions(
    world: BookingWorld, client: httpx.AsyncClient, customer: Headers, provider: Headers
) -> None:
    made = [await world.requested(world.start_in(days=2 + index)) for index in range(5)]
    await world.act(made[0], "decline", world.provider_user, {"reason": "I am away."})

    first = (await client.get("/v1/bookings?status=upcoming&limit=3", headers=customer)).json()
    second = (
        await client.get(f"/v1/bookings?status=upcoming&limit=3&cursor={first['next_cursor']}", headers=customer)
    ).json()
    waiting = (await client.get("/v1/bookings?role=provider&status=needs_action", headers=provider)).json()
    past = (await client.get("/v1/bookings?status=past", headers=customer)).json()
    until = (made[2].slot.start_at + timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    early = (await client.get(f"/v1/bookings?status=requested&to={until}", headers=customer)).json()

    assert [each["id"] for each in first["items"] + second["items"]] == [each.id for each in made[1:]]
    assert second["next_cursor"] is None
    assert [each["id"] for each in waiting["items"]] == [each.id for each in made[1:]]
    assert waiting["items"][0]["available_actions"][0]["action_name"] == "accept"
    assert [each["id"] for each in past["items"]] == [made[0].id]
    assert [each["id"] for each in early["items"]] == [made[2].id, made[1].id]
    assert (await client.get("/v1/bookings?role=provider", headers=customer)).status_code == 403
    assert (await client.get("/v1/bookings?status=nonsense", headers=customer)).status_code == 422


async def test_history_is_paged_oldest_first(world: BookingWorld, client: httpx.AsyncClient, customer: Headers) -> None:
    booking = await world.accepted()
    path = f"/v1/bookings/{booking.id}/history"

    first = (await client.get(f"{path}?limit=2", headers=customer)).json()
    rest = (await client.get(f"{path}?limit=50&cursor={first['next_cursor']}", headers=customer)).json()

    rows = first["items"] + rest["items"]
    assert rows[0]["action"] == "create"
    assert rows[-1]["action"] == "accept"
    assert rows[-1]["actor"] == {"kind": "provider", "id": world.provider_user.id}
    assert rows[-1]["changed"]["status"] == {"from": "requested", "to": "accepted"}
    assert [row["version"] for row in rows] == list(range(1, booking.version + 1))


async def test_the_state_machine_is_public(client: httpx.AsyncClient) -> None:
    table = await client.get("/v1/bookings/state-machine")
    drawn = await client.get("/v1/bookings/state-machine?format=mermaid")

    assert {"create", "accept", "settle"} <= {row["name"] for row in table.json()["actions"]}
    assert drawn.text.startswith("stateDiagram-v2")


async def test_a_period_that_ends_before_it_begins_is_refused(client: httpx.AsyncClient, customer: Headers) -> None:
    period = {"from": "2030-03-02T00:00:00Z", "to": "2030-03-01T00:00:00Z"}

    answer = await client.get("/v1/bookings", params=period, headers=customer)

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["to"]
