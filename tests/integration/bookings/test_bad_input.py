"""Bad input to bookings: each a clear 4xx with its stable code, and nothing in the database has changed."""

from __future__ import annotations

import asyncio
import gc
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.factories.users import make_user
from tests.support.booking_world import ADDRESS, booking_request
from tests.support.identity import sign_in

if TYPE_CHECKING:
    import httpx
    from common.domain.bookings.booking import Booking

    from tests.support.booking_world import BookingWorld

Headers = dict[str, str]
WRITTEN = (
    "bookings", "booking_history", "slot_claims", "outbox", "payment_operations", "ledger_entries", "ratings",
    "booking_intents",
)  # fmt: skip
LONG = "x" * 10_000


async def everything(world: BookingWorld) -> dict[str, list[Any]]:
    """All that bookings write."""
    return {
        name: [row async for row in world.container.mongo.collection(name).find().sort("_id", 1)] for name in WRITTEN
    }


@pytest.mark.parametrize(
    ("changed", "field", "code"),
    [
        ({"start_at": "2020-03-06T00:00:00Z"}, "start_at", "past"),
        ({"start_at": "2040-03-06T00:00:00Z"}, "start_at", "too_far"),
        ({"start_at": "2030-03-06T00:02:00Z"}, "start_at", "off_grid"),
        ({"start_at": "2030-03-06T00:00:00.001Z"}, "start_at", "off_grid"),
        ({"start_at": "2030-03-06T00:00:00"}, "start_at", "timezone_aware"),
        ({"start_at": None}, "start_at", "instant_format"),
        ({"duration_minutes": 0}, "duration_minutes", "extra_forbidden"),
        ({"duration_minutes": -60}, "duration_minutes", "extra_forbidden"),
        ({"end_at": "2030-03-05T00:00:00Z"}, "end_at", "extra_forbidden"),
        ({"notes": LONG}, "notes", "string_too_long"),
        ({"price": {"amount": 1, "currency": "nzd"}}, "price", "extra_forbidden"),
    ],
)
async def test_a_bad_request(
    world: BookingWorld, client: httpx.AsyncClient, customer: Headers, changed: dict[str, Any], field: str, code: str
) -> None:
    before = await everything(world)

    answer = await client.post("/v1/bookings", json=booking_request(world, **changed), headers=customer)

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input"), answer.text
    assert [(each["field"], each["code"]) for each in answer.json()["errors"]] == [(field, code)]
    assert await everything(world) == before


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [({"service_id": "svc_none"}, 404, "not_found"), ({"address": ADDRESS}, 403, "own_service")],
)
async def test_a_request_for_what_is_not_there_or_ones_own(
    world: BookingWorld,
    client: httpx.AsyncClient,
    provider: Headers,
    changed: dict[str, Any],
    status: int,
    code: str,
) -> None:
    before = await everything(world)

    answer = await client.post("/v1/bookings", json=booking_request(world, **changed), headers=provider)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert await everything(world) == before


async def test_a_slot_that_is_taken_or_outside_the_hours(
    world: BookingWorld, client: httpx.AsyncClient, customer: Headers
) -> None:
    taken = await world.accepted()
    later = world.start_in(days=366).strftime("%Y-%m-%dT%H:%M:%SZ")
    before = await everything(world)
    for start, reason in ((taken.slot.start_at.strftime("%Y-%m-%dT%H:%M:%SZ"), "occupied"), (later, "too_far")):
        answer = await client.post("/v1/bookings", json=booking_request(world, start_at=start), headers=customer)
        assert (answer.status_code, answer.json()["code"]) == (409, "slot_unavailable")
        assert answer.json()["reason"] == reason
    assert await everything(world) == before


async def test_somebody_elses_booking_does_not_exist(world: BookingWorld, client: httpx.AsyncClient) -> None:
    booking = await world.completed()
    stranger = await sign_in(world.container, make_user())
    before = await everything(world)
    path = f"/v1/bookings/{booking.id}"
    asked = [
        await client.get(path, headers=stranger),
        await client.get(f"{path}/actions", headers=stranger),
        await client.get(f"{path}/history", headers=stranger),
        await client.get(f"{path}/ratings", headers=stranger),
        await client.get(f"{path}/calendar.ics", headers=stranger),
        await client.post(f"{path}/actions/open_dispute", json={"reason": "Mine!"}, headers=stranger),
        await client.post(f"{path}/actions/unheard_of", headers=stranger),
        await client.post(f"{path}/ratings", json={"stars": 1}, headers=stranger),
        await client.post("/v1/bookings/bkg_none/actions/cancel", headers=stranger),
    ]

    assert [(each.status_code, each.json()["code"]) for each in asked] == [(404, "not_found")] * len(asked)
    assert await everything(world) == before


@pytest.mark.parametrize(
    ("action", "body", "status", "code"),
    [
        ("explode", {}, 404, "unknown_action"),
        ("create", {}, 404, "unknown_action"),
        ("settle", {}, 403, "forbidden"),
        ("accept", {}, 403, "forbidden"),
        ("move", {"start_at": "2030-03-07T00:00:00Z", "reason": "I say so"}, 403, "forbidden"),
        ("add_evidence", {"text": "Look"}, 409, "action_not_available"),
        ("decline_reschedule", {}, 409, "action_not_available"),
        ("cancel", {"reason": LONG}, 422, "invalid_input"),
        ("cancel", {"reason": "Rain", "refund": 1}, 422, "invalid_input"),
        ("propose_reschedule", {}, 422, "invalid_input"),
        ("propose_reschedule", {"start_at": "2030-03-07T00:00:00"}, 422, "invalid_input"),
        ("propose_reschedule", {"start_at": "2030-03-07T00:01:00Z"}, 422, "invalid_input"),
        ("propose_reschedule", {"start_at": "2020-03-07T00:00:00Z"}, 422, "invalid_input"),
        ("propose_reschedule", {"start_at": "2040-03-07T00:00:00Z"}, 422, "invalid_input"),
        ("propose_reschedule", {"start_at": "2030-03-07T00:00:00Z", "note": LONG}, 422, "invalid_input"),
        ("propose_reschedule", {"start_at": "2030-03-07T00:00:00Z", "duration_minutes": -5}, 422, "invalid_input"),
    ],
)
async def test_a_bad_action(
    world: BookingWorld,
    client: httpx.AsyncClient,
    customer: Headers,
    action: str,
    body: dict[str, Any],
    status: int,
    code: str,
) -> None:
    booking = await world.accepted()
    before = await everything(world)

    answer = await client.post(f"/v1/bookings/{booking.id}/actions/{action}", json=body, headers=customer)

    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    if status == 409:
        tells_the_state(answer, booking)
    assert await everything(world) == before


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"start_at": "2020-03-07T00:00:00Z", "reason": "By phone"}, "past"),
        ({"start_at": "2040-03-07T00:00:00Z", "reason": "By phone"}, "too_far"),
        ({"start_at": "2030-03-07T00:03:00Z", "reason": "By phone"}, "value_error"),
        ({"start_at": "2030-03-07T00:00:00Z"}, "missing"),
        ({"start_at": "2030-03-07T00:00:00Z", "reason": LONG}, "string_too_long"),
    ],
)
async def test_a_bad_move_by_an_operator(
    world: BookingWorld, client: httpx.AsyncClient, body: dict[str, Any], code: str
) -> None:
    booking = await world.accepted()
    operator = await sign_in(world.container, world.operators[0])
    before = await everything(world)

    answer = await client.post(f"/v1/bookings/{booking.id}/actions/move", json=body, headers=operator)

    assert answer.status_code == 422
    assert [each["code"] for each in answer.json()["errors"]] == [code]
    assert await everything(world) == before


def tells_the_state(answer: httpx.Response, booking: Booking) -> None:
    """The one who loses reads where the booking stands, and what they may do instead."""
    notified = answer.json()
    assert (notified["booking_status"], notified["version"]) == (booking.status.value, booking.version)
    assert isinstance(notified["available_actions"], list)


async def test_losers_of_every_race_are_told_where_the_booking_stands(
    world: BookingWorld, client: httpx.AsyncClient, customer: Headers, provider: Headers
) -> None:
    booking, taken = await world.accepted(), await world.accepted(world.start_in(days=4))
    operator = await sign_in(world.container, world.operators[0])
    path = f"/v1/bookings/{booking.id}/actions"
    before = await everything(world)
    start = {"start_at": (taken.slot.start_at + timedelta(minutes=30)).strftime("%Y-%m-%dT%H:%M:%SZ")}
    stale = {**customer, "If-Match": f'"{booking.version - 1}"'}

    lost = [
        (await client.post(f"{path}/cancel", headers=stale), 412, "version_conflict"),
        (await client.post(f"{path}/accept", headers=provider), 409, "action_not_available"),
        (await client.post(f"{path}/propose_reschedule", json=start, headers=customer), 409, "slot_unavailable"),
        (
            await client.post(f"{path}/move", json={**start, "reason": "By phone"}, headers=operator),
            409,
            "slot_unavailable",
        ),
    ]

    for answer, status, code in lost:
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        tells_the_state(answer, booking)
    assert await everything(world) == before


async def test_of_two_tabs_the_slower_one_reads_what_the_faster_one_did(
    world: BookingWorld, client: httpx.AsyncClient, provider: Headers
) -> None:
    booking = await world.requested()
    path = f"/v1/bookings/{booking.id}/actions/decline"
    seen = {**provider, "If-Match": f'"{booking.version}"'}

    answers = await asyncio.gather(*(client.post(path, headers=seen) for _ in range(5)))

    lost = [answer for answer in answers if answer.status_code != 200]
    assert len(lost) == 4
    after = await world.get(booking)
    for answer in lost:
        assert (answer.status_code, answer.json()["code"]) == (412, "version_conflict")
        tells_the_state(answer, after)


async def test_a_key_that_comes_again_with_another_body(
    world: BookingWorld, client: httpx.AsyncClient, customer: Headers
) -> None:
    keyed = {**customer, "Idempotency-Key": "one"}
    assert (await client.post("/v1/bookings", json=booking_request(world), headers=keyed)).status_code == 201
    before = await everything(world)
    later = world.start_in(days=3).strftime("%Y-%m-%dT%H:%M:%SZ")

    for changed in ({"notes": "other"}, {"start_at": later}, {"notes": LONG}):
        answer = await client.post("/v1/bookings", json=booking_request(world, **changed), headers=keyed)
        assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    assert await everything(world) == before


@pytest.mark.parametrize(("kind", "status"), [("application/json", 400), ("text/plain", 422)])
async def test_a_body_of_unbounded_depth(
    world: BookingWorld, client: httpx.AsyncClient, customer: Headers, kind: str, status: int
) -> None:
    before = await everything(world)

    headers = {**customer, "Content-Type": kind}
    # What another test left is collected now: at the end of the stack its warning could not be written.
    gc.collect()
    gc.disable()
    try:
        answer = await client.post("/v1/bookings", content=b"[" * 30_000, headers=headers)
    finally:
        gc.enable()

    assert answer.status_code == status, answer.text
    assert await everything(world) == before
