"""Token pairs: rotation, replay, two tabs, sign-out, devices."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from common.application.ports.identity.security_log import LogQuery
from common.domain.identity.security_events import SecurityEventType

from tests.support.people import Identity, bearer

if TYPE_CHECKING:
    from tests.fakes.clock import FakeClock


async def _refresh(identity: Identity, token: str, agent: str = "Browser/1") -> tuple[int, dict[str, Any]]:
    answer = await identity.client.post(
        "/v1/auth/refresh", json={"refresh_token": token}, headers={"User-Agent": agent}
    )
    return answer.status_code, answer.json()


async def _signed_in(identity: Identity, email: str) -> dict[str, Any]:
    await identity.register(email)
    return dict((await identity.log_in(email, **{"User-Agent": "Browser/1"})).json())


async def test_a_refresh_rotates_the_pair(identity: Identity, clock: FakeClock) -> None:
    pair = await _signed_in(identity, "rotate@example.com")
    clock.advance(minutes=14)
    status, second = await _refresh(identity, pair["refresh_token"])
    assert status == 200
    assert second["refresh_token"] != pair["refresh_token"]
    clock.advance(minutes=2)
    stale = await identity.client.get("/v1/users/me", headers=bearer(pair))
    assert stale.json()["code"] == "token_expired"
    assert (await identity.client.get("/v1/users/me", headers=bearer(second))).status_code == 200


async def test_a_replayed_token_ends_its_whole_family(identity: Identity, clock: FakeClock) -> None:
    pair = await _signed_in(identity, "replay@example.com")
    _, second = await _refresh(identity, pair["refresh_token"])
    clock.advance(seconds=11)
    status, problem = await _refresh(identity, pair["refresh_token"])
    assert (status, problem["code"]) == (401, "invalid_refresh_token")
    assert (await _refresh(identity, second["refresh_token"]))[0] == 401
    events = identity.container.auth.log
    replays = LogQuery(user_id=pair["user"]["id"], type=SecurityEventType.REFRESH_REPLAYED)
    rows = await events.search(replays, limit=5, before=None)
    assert len(rows) == 1


async def test_two_tabs_that_refresh_together_stay_signed_in(identity: Identity, clock: FakeClock) -> None:
    pair = await _signed_in(identity, "tabs@example.com")
    answers = await asyncio.gather(*(_refresh(identity, pair["refresh_token"]) for _ in range(8)))
    assert {status for status, _ in answers} == {200}
    successors = {body["refresh_token"] for _, body in answers}
    assert len(successors) == 1
    clock.advance(minutes=14)
    assert (await _refresh(identity, successors.pop()))[0] == 200


async def test_another_program_gets_nothing_out_of_the_grace(identity: Identity) -> None:
    pair = await _signed_in(identity, "thief@example.com")
    _, second = await _refresh(identity, pair["refresh_token"])
    assert (await _refresh(identity, pair["refresh_token"], agent="Thief/1"))[0] == 401
    assert (await _refresh(identity, second["refresh_token"]))[0] == 401


async def test_a_refresh_token_ends_after_thirty_days_unused(identity: Identity, clock: FakeClock) -> None:
    pair = await _signed_in(identity, "idle@example.com")
    clock.advance(days=30, seconds=1)
    assert (await _refresh(identity, pair["refresh_token"]))[0] == 401


async def test_signing_out_ends_this_sign_in_only(identity: Identity) -> None:
    here = await _signed_in(identity, "out@example.com")
    there = (await identity.log_in("out@example.com", **{"User-Agent": "Browser/1"})).json()
    assert (await identity.client.post("/v1/auth/logout", headers=bearer(here))).status_code == 204
    assert (await _refresh(identity, here["refresh_token"]))[0] == 401
    assert (await _refresh(identity, there["refresh_token"]))[0] == 200


async def test_an_ended_sign_in_is_over_when_its_last_access_token_is(identity: Identity, clock: FakeClock) -> None:
    here = await _signed_in(identity, "ended@example.com")
    there = (await identity.log_in("ended@example.com")).json()
    listed = (await identity.client.get("/v1/auth/sessions", headers=bearer(there))).json()["items"]
    for other in [each["id"] for each in listed if not each["is_current"]]:
        await identity.client.delete(f"/v1/auth/sessions/{other}", headers=bearer(there))
    clock.advance(minutes=15, seconds=5)
    assert (await _refresh(identity, here["refresh_token"]))[0] == 401
    assert (await identity.client.get("/v1/users/me", headers=bearer(here))).status_code == 401
    assert (await _refresh(identity, there["refresh_token"]))[0] == 200


async def test_signing_out_everywhere_works_at_once(identity: Identity) -> None:
    here = await _signed_in(identity, "everywhere@example.com")
    there = (await identity.log_in("everywhere@example.com")).json()
    assert (await identity.client.post("/v1/auth/logout-all", headers=bearer(here))).status_code == 204
    for pair in (here, there):
        assert (await identity.client.get("/v1/users/me", headers=bearer(pair))).status_code == 401
        assert (await _refresh(identity, pair["refresh_token"]))[0] == 401


async def test_sign_ins_are_listed_and_ended_by_their_owner_alone(identity: Identity) -> None:
    here = await _signed_in(identity, "devices@example.com")
    listed = (await identity.client.get("/v1/auth/sessions", headers=bearer(here))).json()["items"]
    assert [each["is_current"] for each in listed].count(True) == 1
    assert {each["method"] for each in listed} == {"email_link", "password"}
    other = next(each["id"] for each in listed if not each["is_current"])

    stranger = await _signed_in(identity, "stranger@example.com")
    path = f"/v1/auth/sessions/{other}"
    assert (await identity.client.delete(path, headers=bearer(stranger))).status_code == 404
    assert (await identity.client.delete(path, headers=bearer(here))).status_code == 204
    assert (await identity.client.delete(path, headers=bearer(here))).status_code == 404
    left = (await identity.client.get("/v1/auth/sessions", headers=bearer(here))).json()["items"]
    assert len(left) == 1


async def test_sign_ins_are_listed_page_by_page(identity: Identity, clock: FakeClock) -> None:
    here = await _signed_in(identity, "pages@example.com")
    for _ in range(4):
        clock.advance(seconds=1)
        here = (await identity.log_in("pages@example.com")).json()
    whole = (await identity.client.get("/v1/auth/sessions", headers=bearer(here))).json()
    assert (len(whole["items"]), whole["next_cursor"]) == (6, None)
    seen, cursor = [], ""
    while cursor is not None:
        path = f"/v1/auth/sessions?limit=2{cursor and f'&cursor={cursor}'}"
        page = (await identity.client.get(path, headers=bearer(here))).json()
        seen += page["items"]
        cursor = page["next_cursor"]
    assert seen == whole["items"]
    for wrong in ("limit=0", "limit=101", "cursor=x"):
        answer = await identity.client.get(f"/v1/auth/sessions?{wrong}", headers=bearer(here))
        assert answer.status_code == 422


async def test_a_new_client_is_reported_by_mail_and_a_known_one_is_not(identity: Identity) -> None:
    await identity.register("watch@example.com")
    identity.publisher.events.clear()
    await identity.log_in("watch@example.com")
    assert identity.publisher.events == []
    identity.client.cookies.clear()
    await identity.log_in("watch@example.com", **{"User-Agent": "Somewhere/9"})
    [event] = identity.publisher.events
    assert event.payload["template"] == "new_sign_in"
    assert event.payload["data"]["user_agent"] == "Somewhere/9"
    assert event.payload["instants"] == ["at"]
