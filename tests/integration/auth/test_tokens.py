"""Access tokens: what they say, who accepts them, and how their keys change."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import jwt
import pytest
from common.domain.identity.roles import Role

from infra.ops.keys import key_set
from infra.ops.keys.publishing import publish
from tests.factories.users import make_user
from tests.support import api_client, sign_in
from tests.support.containers import make_container, make_settings
from tests.support.people import Identity, bearer
from tests.support.watched import Commands, WatchedMongo

if TYPE_CHECKING:
    from collections.abc import Callable

    from common.runtime.container.bootstrap import Container

    from tests.fakes.clock import FakeClock
    from tests.fakes.publisher import CollectingPublisher


async def test_the_claims_are_complete_and_others_can_verify_them(identity: Identity) -> None:
    pair = await identity.register("claims@example.com")
    discovery = (await identity.client.get("/.well-known/openid-configuration")).json()
    assert discovery["issuer"] == "http://api.test"
    assert discovery["jwks_uri"] == "http://api.test/.well-known/jwks.json"
    keys = (await identity.client.get("/.well-known/jwks.json")).json()
    assert not {"d", "p", "q", "dp", "dq", "qi"} & set(keys["keys"][0])
    header = jwt.get_unverified_header(pair["access_token"])
    key = next(jwt.PyJWK(each) for each in keys["keys"] if each["kid"] == header["kid"])
    claims = jwt.decode(
        pair["access_token"],
        key,
        algorithms=["RS256"],
        audience="gigsta",
        issuer=discovery["issuer"],
        options={"verify_iat": False, "verify_nbf": False},
    )
    assert claims["sub"] == pair["user"]["id"]
    assert claims["typ"] == "access"
    assert claims["roles"] == ["user"]
    assert claims["exp"] - claims["iat"] == 900
    assert claims["jti"]
    assert claims["sid"]


#: Claims of a good token that are changed before it is signed again by our own key; ``None`` leaves one out.
_WRONG_CLAIMS: dict[str, dict[str, Any]] = {
    "wrong_audience": {"aud": "another"},
    "no_audience": {"aud": None},
    "wrong_issuer": {"iss": "http://evil.test"},
    "wrong_type": {"typ": "refresh"},
    "no_type": {"typ": None},
    "issued_in_the_future": {"iat": 4_000_000_000},
    "not_valid_yet": {"nbf": 4_000_000_000},
    "no_end": {"exp": None},
    "an_end_that_is_no_number": {"exp": "tomorrow"},
    "an_end_beyond_all_time": {"exp": 10**30},
    "no_session": {"sid": None},
    "nobody": {"sub": None},
}
_OTHER_FORGERIES = [
    "alg_none",
    "alg_none_with_signature",
    "hs256_with_public_key",
    "other_key",
    "unknown_kid",
    "no_kid",
    "tampered",
    "cut",
]


@pytest.mark.parametrize("forgery", [*_WRONG_CLAIMS, *_OTHER_FORGERIES])
async def test_forged_tokens_prove_nothing(identity: Identity, forgery: str) -> None:
    pair = await identity.register(f"{forgery}@example.com")
    forged = _forge(identity.container, pair["access_token"], forgery)
    answer = await identity.client.get("/v1/users/me", headers={"Authorization": f"Bearer {forged}"})
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_token")
    assert (await identity.client.get("/v1/users/me", headers=bearer(pair))).status_code == 200


async def test_keys_are_read_once_for_many_tokens_and_made_up_key_ids(
    mongodb_uri: str, migrated_database: str, identity: Identity
) -> None:
    pair = await identity.register("many.tokens@example.com")
    made_up = _forge(identity.container, pair["access_token"], "unknown_kid")
    mongo = WatchedMongo(mongodb_uri, migrated_database, Commands())
    container = make_container(mongodb_uri, migrated_database, mongo=mongo, clock=identity.container.clock)
    async with api_client("auth", container) as client:
        for token in [pair["access_token"]] * 3 + [made_up] * 3 + [pair["access_token"]]:
            answer = await client.get("/v1/users/me", headers={"Authorization": f"Bearer {token}"})
            assert answer.status_code == (401 if token == made_up else 200)
    assert mongo.listener.seen.count("find signing_keys") == 1
    await container.close()


async def test_a_token_ends_to_the_second(identity: Identity, clock: FakeClock) -> None:
    pair = await identity.register("punctual@example.com")
    clock.advance(minutes=15, seconds=4)
    assert (await identity.client.get("/v1/users/me", headers=bearer(pair))).status_code == 200
    clock.advance(seconds=1)
    late = await identity.client.get("/v1/users/me", headers=bearer(pair))
    assert (late.status_code, late.json()["code"]) == (401, "token_expired")


async def test_a_refresh_token_is_no_access_token_and_the_other_way_round(identity: Identity) -> None:
    pair = await identity.register("swapped@example.com")
    swapped = {"Authorization": f"Bearer {pair['refresh_token']}"}
    assert (await identity.client.get("/v1/users/me", headers=swapped)).status_code == 401
    long = await identity.post("/v1/auth/refresh", {"refresh_token": pair["access_token"]})
    assert long.status_code == 422
    wrong = await identity.post("/v1/auth/refresh", {"refresh_token": pair["access_token"][:43]})
    assert wrong.status_code == 401


async def test_staff_tokens_live_one_hour(identity: Identity, clock: FakeClock) -> None:
    pair = await identity.register("boss@example.com")
    users = identity.container.mongo.collection("users")
    await users.update_one({"_id": pair["user"]["id"]}, {"$set": {"roles": ["user", "admin"]}})
    staff = (await identity.log_in("boss@example.com")).json()
    assert staff["expires_in"] == 3600
    clock.advance(hours=1, seconds=1)
    late = await identity.post("/v1/auth/refresh", {"refresh_token": staff["refresh_token"]})
    assert late.status_code == 401


async def test_a_suspension_ends_everything_at_once(identity: Identity, container: Container) -> None:
    pair = await identity.register("suspended@example.com")
    headers = await sign_in(container, make_user(roles=[Role.USER, Role.ADMIN]))
    user_id = pair["user"]["id"]
    async with api_client("admin", container) as admin:
        body = {"reason": "Chargebacks on stolen cards."}
        done = await admin.post(f"/v1/admin/users/{user_id}/suspend", json=body, headers=headers)
        assert done.json()["is_active"] is False
        assert (await identity.client.get("/v1/users/me", headers=bearer(pair))).status_code == 401
        stale = await identity.post("/v1/auth/refresh", {"refresh_token": pair["refresh_token"]})
        assert stale.status_code == 401
        refused = await identity.log_in("suspended@example.com")
        assert (refused.status_code, refused.json()["code"]) == (403, "account_suspended")
        restored = await admin.post(f"/v1/admin/users/{user_id}/restore", headers=headers)
        assert restored.json()["is_active"] is True
        assert (await identity.client.get("/v1/users/me", headers=bearer(pair))).status_code == 401
        assert (await identity.log_in("suspended@example.com")).status_code == 200
        rows = (await admin.get(f"/v1/admin/users/{user_id}/activity", headers=headers)).json()["items"]
        assert {"suspended", "restored"} <= {row["type"] for row in rows}


async def test_keys_change_without_signing_anyone_out(
    mongodb_uri: str, migrated_database: str, clock: FakeClock, publisher: CollectingPublisher
) -> None:
    first = key_set.generate()
    publish(mongodb_uri, migrated_database, first)
    before = _deployed(mongodb_uri, migrated_database, first, clock, publisher)
    async with api_client("auth", before) as client:
        pair = await Identity(client, before, publisher).register("rotation@example.com")

    both = key_set.activate_newest(key_set.add(first))
    publish(mongodb_uri, migrated_database, both)
    after = _deployed(mongodb_uri, migrated_database, both, clock, publisher)
    async with api_client("auth", after) as client:
        assert (await client.get("/v1/users/me", headers=bearer(pair))).status_code == 200
        renewed = await client.post("/v1/auth/refresh", json={"refresh_token": pair["refresh_token"]})
        new_kid = jwt.get_unverified_header(renewed.json()["access_token"])["kid"]
        assert new_kid == both["keys"][-1]["kid"] != jwt.get_unverified_header(pair["access_token"])["kid"]

    left = publish(mongodb_uri, migrated_database, key_set.retire(both), prune=True)
    assert left == [new_kid]
    last = _deployed(mongodb_uri, migrated_database, key_set.retire(both), clock, publisher)
    async with api_client("auth", last) as client:
        assert (await client.get("/v1/users/me", headers=bearer(pair))).status_code == 401
        assert (await client.get("/v1/users/me", headers=bearer(renewed.json()))).status_code == 200
    for container in (before, after, last):
        await container.close()


def _deployed(
    uri: str, database: str, keys: key_set.KeySet, clock: FakeClock, publisher: CollectingPublisher
) -> Container:
    """The function as it starts with a secret."""
    settings = make_settings(uri, database, JWT_SIGNING_KEYS=json.dumps(keys))
    return make_container(uri, database, settings=settings, clock=clock, publisher=publisher)


def _forge(container: Container, token: str, forgery: str) -> str:
    """A token that differs from a good one in one thing."""
    claims = jwt.decode(token, options={"verify_signature": False})
    signer = container.token_issuer.keys[0]
    kid = {"kid": signer.kid}
    if forgery in _WRONG_CLAIMS:
        changed = {name: value for name, value in {**claims, **_WRONG_CLAIMS[forgery]}.items() if value is not None}
        return jwt.encode(changed, signer.private_key, algorithm="RS256", headers=kid)
    head, body, signature = token.split(".")
    unsigned = _encoded({"alg": "none", "typ": "JWT", **kid})
    forgeries: dict[str, Callable[[], str]] = {
        "alg_none": lambda: f"{unsigned}.{body}.",
        "alg_none_with_signature": lambda: f"{unsigned}.{body}.{signature}",
        "hs256_with_public_key": lambda: jwt.encode(claims, signer.public_jwk()["n"], "HS256", headers=kid),
        "other_key": lambda: jwt.encode(claims, key_set.new_key(active=True)["private_pem"], "RS256", headers=kid),
        "unknown_kid": lambda: jwt.encode(claims, signer.private_key, "RS256", headers={"kid": "unknown"}),
        "no_kid": lambda: jwt.encode(claims, signer.private_key, "RS256"),
        "tampered": lambda: f"{head}.{_encoded({**claims, 'roles': ['super_admin']})}.{signature}",
        "cut": lambda: token[:-4],
    }
    return forgeries[forgery]()


def _encoded(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")
