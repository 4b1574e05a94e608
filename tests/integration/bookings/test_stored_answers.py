"""What only the caller may know is not stored for replays of an answer, and a replay has it all the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from common.domain.bookings.intents import MOST_RENEWED_SECRETS
from common.domain.shared.errors import GatewayUncertain

from tests.integration.bookings.test_guests import guest_request
from tests.support.booking_world import booking_request
from tests.support.identity import sign_in
from tests.support.kept import is_replay, stored_text

if TYPE_CHECKING:
    import httpx
    import pytest

    from tests.support.booking_world import BookingWorld

KEY = {"Idempotency-Key": "replayed"}


async def twice(client: httpx.AsyncClient, path: str, body: Any, headers: dict[str, str]) -> list[httpx.Response]:
    answers = [await client.post(path, json=body, headers={**headers, **KEY}) for _ in range(2)]
    assert [is_replay(answer) for answer in answers] == [False, True], [answer.text for answer in answers]
    return answers


async def test_a_bookings_client_secret_and_start_code_are_read_anew(
    world: BookingWorld, client: httpx.AsyncClient, customer: dict[str, str]
) -> None:
    first, replay = await twice(client, "/v1/bookings", booking_request(world), customer)
    secret = first.json()["payment"]["client_secret"]
    assert replay.json() == first.json()
    assert replay.headers["etag"] == first.headers["etag"]
    stored = await stored_text(world.container)
    assert first.json()["id"] in stored
    assert secret not in stored
    assert secret.partition("_secret")[2] not in stored


async def test_nothing_to_do_at_stripe_needs_no_stripe_on_a_replay(
    world: BookingWorld, client: httpx.AsyncClient, customer: dict[str, str]
) -> None:
    body = booking_request(world)
    first = await client.post("/v1/bookings", json=body, headers={**customer, **KEY})
    booking = await world.deps.bookings.get(first.json()["id"])
    assert booking is not None
    await world.pay(booking)
    replay = await client.post("/v1/bookings", json=body, headers={**customer, **KEY})
    assert is_replay(replay)
    assert (replay.json()["id"], replay.json()["payment"]["client_secret"]) == (booking.id, None)


async def test_without_stripe_a_replay_is_refused_and_asked_for_again(
    world: BookingWorld, client: httpx.AsyncClient, customer: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(_: str) -> None:
        raise GatewayUncertain

    body = booking_request(world)
    first = await client.post("/v1/bookings", json=body, headers={**customer, **KEY})
    with monkeypatch.context() as patched:
        patched.setattr(world.gateway, "get_intent", away)
        refused = await client.post("/v1/bookings", json=body, headers={**customer, **KEY})
    assert refused.status_code == 503
    replay = await client.post("/v1/bookings", json=body, headers={**customer, **KEY})
    assert replay.json() == first.json()


async def test_an_actions_start_code_is_read_anew(world: BookingWorld, client: httpx.AsyncClient) -> None:
    booking = await world.accepted()
    proposed = await world.act(
        booking, "propose_reschedule", world.provider_user, {"start_at": world.start_in(days=3).isoformat()}
    )
    headers = await sign_in(world.container, world.customer)
    first, replay = await twice(client, f"/v1/bookings/{proposed.id}/actions/accept_reschedule", {}, headers)
    assert first.json()["start_code"] == booking.start_code
    assert replay.json() == first.json()
    assert str(booking.start_code) not in await stored_text(world.container)


async def test_a_guest_who_asks_again_gets_another_secret_and_both_work(
    world: BookingWorld, client: httpx.AsyncClient
) -> None:
    first, replay = await twice(client, "/v1/booking-intents", guest_request(world), {})
    secrets = [first.json()["secret"], replay.json()["secret"]]
    assert first.json()["id"] == replay.json()["id"]
    assert len(set(secrets)) == 2
    stored = await stored_text(world.container)
    path = f"/v1/booking-intents/{first.json()['id']}"
    for secret in secrets:
        assert secret not in stored
        assert (await client.get(path, params={"secret": secret})).status_code == 200
    assert (await client.get(path, params={"secret": "wrong"})).status_code == 404


async def test_a_guest_who_asks_again_and_again_leaves_a_few_secrets_only(
    world: BookingWorld, client: httpx.AsyncClient
) -> None:
    body = guest_request(world)
    answers = [await client.post("/v1/booking-intents", json=body, headers=KEY) for _ in range(9)]
    row = await world.container.mongo.collection("booking_intents").find_one({})
    assert row is not None
    assert len(row["renewed_secret_hashes"]) == MOST_RENEWED_SECRETS
    path = f"/v1/booking-intents/{row['_id']}"
    for which, status in ((0, 200), (1, 404), (8, 200)):
        read = await client.get(path, params={"secret": answers[which].json()["secret"]})
        assert read.status_code == status
