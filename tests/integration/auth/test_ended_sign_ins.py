"""What has ended has ended at once: sign-ins with their access tokens, links in mails, push messages."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from common.domain.identity.roles import Role

from tests.factories.users import make_user
from tests.support import api_client, make_container, sign_in
from tests.support.people import PASSWORD, Identity, bearer
from tests.support.watched import Commands, WatchedMongo

if TYPE_CHECKING:
    from common.runtime.container.bootstrap import Container

    from tests.fakes.clock import FakeClock
    from tests.fakes.publisher import CollectingPublisher

NEW_PASSWORD = "nine-tall-kauri-trees"


class Devices:
    """One person's devices: one that acts, and another."""

    def __init__(self, identity: Identity, email: str, here: dict[str, Any], there: dict[str, Any]) -> None:
        self.identity, self.email, self.here, self.there = identity, email, here, there

    @classmethod
    async def of(cls, identity: Identity) -> Devices:
        """Somebody who is signed in twice."""
        email = f"{uuid4().hex}@example.com"
        await identity.register(email)
        return cls(identity, email, (await identity.log_in(email)).json(), (await identity.log_in(email)).json())

    async def opens(self, pair: dict[str, Any]) -> bool:
        """Whether an access token still lets in; what it is refused with is the same for every end."""
        answer = await self.identity.client.get("/v1/users/me", headers=bearer(pair))
        assert answer.status_code == 200 or answer.json()["code"] == "session_ended"
        return answer.status_code == 200

    async def goes_on(self, pair: dict[str, Any]) -> bool:
        """Whether a refresh token still gives a pair that lets in."""
        answer = await self.identity.post("/v1/auth/refresh", {"refresh_token": pair["refresh_token"]})
        return answer.status_code == 200 and await self.opens(answer.json())


async def _log_out(devices: Devices) -> None:
    await devices.identity.post("/v1/auth/logout", None, **bearer(devices.there))


async def _log_out_everywhere(devices: Devices) -> None:
    await devices.identity.post("/v1/auth/logout-all", None, **bearer(devices.here))


async def _revoke(devices: Devices) -> None:
    client, headers = devices.identity.client, bearer(devices.here)
    there = (await client.get("/v1/auth/sessions", headers=bearer(devices.there))).json()
    session_id = next(each["id"] for each in there["items"] if each["is_current"])
    assert (await client.delete(f"/v1/auth/sessions/{session_id}", headers=headers)).status_code == 204


async def _change_password(devices: Devices) -> None:
    body = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    answer = await devices.identity.client.put("/v1/users/me/password", json=body, headers=bearer(devices.here))
    assert answer.status_code == 204, answer.text


async def _reset_password(devices: Devices) -> None:
    await devices.identity.post("/v1/auth/forgot-password", {"email": devices.email})
    body = {"token": await devices.identity.mailed_token(devices.email), "password": NEW_PASSWORD}
    assert (await devices.identity.post("/v1/auth/reset-password", body)).status_code == 202


async def _replay(devices: Devices) -> None:
    """A thief has had the other device's refresh token; the access token of its successor ends too."""
    token = {"refresh_token": devices.there["refresh_token"]}
    devices.there = (await devices.identity.post("/v1/auth/refresh", token)).json()
    stolen = await devices.identity.post("/v1/auth/refresh", token, **{"User-Agent": "Thief/1"})
    assert stolen.status_code == 401


async def _suspend(devices: Devices) -> None:
    admin = await sign_in(devices.identity.container, make_user(roles=[Role.USER, Role.ADMIN]))
    async with api_client("admin", devices.identity.container) as client:
        path = f"/v1/admin/users/{devices.here['user']['id']}/suspend"
        assert (await client.post(path, json={"reason": "a test"}, headers=admin)).status_code == 200


async def _appoint(devices: Devices) -> None:
    boss = await sign_in(devices.identity.container, make_user(roles=[Role.USER, Role.SUPER_ADMIN]))
    async with api_client("admin", devices.identity.container) as client:
        body = {"email": devices.email, "roles": ["moderator"]}
        assert (await client.post("/v1/admin/staff", json=body, headers=boss)).status_code == 201


#: What ends the other device's sign-in, and whether the one that acts goes on.
ENDS = {
    "logout": (_log_out, True),
    "logout-all": (_log_out_everywhere, False),
    "revoked": (_revoke, True),
    "password changed": (_change_password, True),
    "password reset": (_reset_password, False),
    "refresh replayed": (_replay, True),
    "suspended": (_suspend, False),
    "roles changed": (_appoint, False),
}


@pytest.mark.parametrize("end", ENDS)
async def test_a_sign_in_that_ended_ends_its_access_token_at_once(identity: Identity, end: str) -> None:
    devices = await Devices.of(identity)
    assert await devices.opens(devices.here)
    assert await devices.opens(devices.there)
    what, goes_on = ENDS[end]
    await what(devices)
    assert not await devices.opens(devices.there)
    assert await devices.opens(devices.here) is goes_on
    assert not await devices.goes_on(devices.there)
    assert await devices.goes_on(devices.here) is goes_on


async def test_staffs_tokens_end_at_once_too_and_never_outlive_their_sign_in(
    identity: Identity, clock: FakeClock
) -> None:
    devices = await Devices.of(identity)
    await _appoint(devices)
    pair = (await identity.log_in(devices.email)).json()
    assert pair["expires_in"] == 3600
    for _ in range(12):
        clock.advance(minutes=59)
        answer = await identity.post("/v1/auth/refresh", {"refresh_token": pair["refresh_token"]})
        pair = answer.json()
    assert pair["expires_in"] == 12 * 60, "what is left of the twelve hours"
    await identity.post("/v1/auth/logout", None, **bearer(pair))
    assert not await devices.opens(pair)


async def test_seeing_that_a_sign_in_has_ended_costs_no_further_read(
    mongodb_uri: str, migrated_database: str, clock: FakeClock, publisher: CollectingPublisher
) -> None:
    mongo = WatchedMongo(mongodb_uri, migrated_database, Commands())
    container = make_container(mongodb_uri, migrated_database, mongo=mongo, clock=clock, publisher=publisher)
    async with api_client("auth", container) as client:
        key = container.token_issuer.keys[0]
        await container.signing_keys.publish(key.kid, key.public_jwk(), clock.now())
        devices = await Devices.of(Identity(client, container, publisher))
        assert await devices.opens(devices.here), "the key is read once"
        for pair, further in ((devices.here, ["find credentials"]), (devices.there, [])):
            mongo.listener.seen.clear()
            await client.get("/v1/users/me/identities", headers=bearer(pair))
            assert mongo.listener.seen == ["find users", *further]
            await _log_out(devices)
    await container.close()


async def test_ended_sign_ins_are_forgotten_when_no_token_can_name_them(
    identity: Identity, container: Container, clock: FakeClock
) -> None:
    devices = await Devices.of(identity)
    users = container.mongo.collection("users")
    wanted = {"_id": devices.here["user"]["id"]}
    await _log_out(devices)
    assert len((await users.find_one(wanted) or {})["ended_sign_ins"]) == 1
    clock.advance(hours=1, minutes=2)
    devices.there = (await identity.log_in(devices.email)).json()
    await _log_out(devices)
    ended = (await users.find_one(wanted) or {})["ended_sign_ins"]
    assert len(ended) == 1, "the earlier one is forgotten"


async def test_more_ends_than_are_remembered_end_every_access_token(identity: Identity, container: Container) -> None:
    devices = await Devices.of(identity)
    user_id = devices.here["user"]["id"]
    now = container.clock.now()
    for number in range(3):
        await container.auth.users.end_access(user_id, [f"ses_{number}_{each}" for each in range(45)], now)
    row = await container.mongo.collection("users").find_one({"_id": user_id})
    assert row is not None
    assert len(row["ended_sign_ins"]) <= 100
    assert not await devices.opens(devices.here)
    assert await devices.goes_on(devices.here), "a sign-in that goes on gets new tokens"


async def test_signing_in_with_the_old_password_while_it_changes_leaves_nobody_in(identity: Identity) -> None:
    for _ in range(6):
        devices = await Devices.of(identity)
        change = asyncio.create_task(_change_password(devices))
        answers = await asyncio.gather(*(identity.log_in(devices.email, PASSWORD) for _ in range(3)))
        await change
        for answer in answers:
            if answer.status_code == 200:
                assert not await devices.opens(answer.json())
                assert not await devices.goes_on(answer.json())
            else:
                assert answer.status_code == 401
        assert await devices.opens(devices.here)


async def test_a_changed_password_ends_the_links_that_were_mailed_before(identity: Identity) -> None:
    devices = await Devices.of(identity)
    await identity.post("/v1/auth/forgot-password", {"email": devices.email})
    token = await identity.mailed_token(devices.email)
    await _change_password(devices)
    answer = await identity.post("/v1/auth/reset-password", {"token": token, "password": "another-quiet-lake-7"})
    assert answer.json()["errors"][0]["code"] == "token_invalid"


@pytest.mark.parametrize("end", ["logout", "logout-all", "revoked", "password changed", "password reset"])
async def test_a_browsers_push_messages_end_with_its_sign_in(
    identity: Identity, container: Container, end: str
) -> None:
    devices = await Devices.of(identity)
    keys = {"p256dh": "B" * 87, "auth": "a" * 22}
    async with api_client("notifications", container) as client:
        for pair in (devices.here, devices.there):
            body = {"endpoint": f"https://fcm.googleapis.com/fcm/send/{uuid4().hex}", "keys": keys}
            answer = await client.post("/v1/notifications/push-subscriptions", json=body, headers=bearer(pair))
            assert answer.status_code == 201
    what, goes_on = ENDS[end]
    await what(devices)
    left = await container.mongo.collection("push_subscriptions").count_documents(
        {"user_id": devices.here["user"]["id"]}
    )
    assert left == int(goes_on)


@pytest.mark.parametrize("step", ["find_token", "get", "touch", "use_token", "insert_token"])
async def test_signing_out_everywhere_while_a_token_is_refreshed_leaves_nobody_in(
    identity: Identity, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    devices = await Devices.of(identity)
    deps = identity.container.auth
    owner: Any = deps.users if step == "get" else deps.sessions
    original = getattr(owner, step)

    async def then_sign_out(*given: Any, **named: Any) -> Any:
        done = await original(*given, **named)
        monkeypatch.setattr(owner, step, original)
        await _log_out_everywhere(devices)
        return done

    monkeypatch.setattr(owner, step, then_sign_out)
    answer = await identity.post("/v1/auth/refresh", {"refresh_token": devices.there["refresh_token"]})
    assert answer.status_code in {200, 401}
    if answer.status_code == 200:
        assert not await devices.opens(answer.json())
        assert not await devices.goes_on(answer.json())
