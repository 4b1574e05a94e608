"""Access tokens: what they say, who accepts them, and how their keys change."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import jwt
import pytest
from common.domain.roles import Role
from pydantic import SecretStr

from infra.keys import key_set
from infra.keys.publishing import publish
from tests.factories.users import make_user
from tests.support import api_client, sign_in
from tests.support.containers import make_container, make_settings
from tests.support.people import Identity, bearer

if TYPE_CHECKING:
    from common.runtime.bootstrap import Container

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


@pytest.mark.parametrize(
    "forgery", ["alg_none", "hs256_with_public_key", "other_key", "wrong_audience", "wrong_issuer", "wrong_type", "cut"]
)
async def test_forged_tokens_prove_nothing(identity: Identity, forgery: str) -> None:
    pair = await identity.register(f"{forgery}@example.com")
    forged = _forge(identity.container, pair["access_token"], forgery)
    answer = await identity.client.get("/v1/users/me", headers={"Authorization": f"Bearer {forged}"})
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_token")


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
    settings = make_settings(uri, database).model_copy(update={"jwt_signing_keys": SecretStr(json.dumps(keys))})
    return make_container(uri, database, settings=settings, clock=clock, publisher=publisher)


def _forge(container: Container, token: str, forgery: str) -> str:
    """A token that differs from a good one in one thing."""
    claims = jwt.decode(token, options={"verify_signature": False})
    signer = container.token_issuer.keys[0]
    changes: dict[str, dict[str, Any]] = {
        "wrong_audience": {"aud": "another"},
        "wrong_issuer": {"iss": "http://evil.test"},
        "wrong_type": {"typ": "refresh"},
    }
    if forgery == "cut":
        return token[:-4]
    if forgery == "alg_none":
        head = {"alg": "none", "typ": "JWT", "kid": signer.kid}
        parts = [base64.urlsafe_b64encode(json.dumps(each).encode()).decode().rstrip("=") for each in (head, claims)]
        return f"{parts[0]}.{parts[1]}."
    if forgery == "hs256_with_public_key":
        secret = signer.public_jwk()["n"]
        return jwt.encode(claims, secret, algorithm="HS256", headers={"kid": signer.kid})
    key: Any = signer.private_key
    if forgery == "other_key":
        pem = key_set.new_key(active=True)["private_pem"]
        return jwt.encode(claims, pem, algorithm="RS256", headers={"kid": signer.kid})
    return jwt.encode({**claims, **changes[forgery]}, key, algorithm="RS256", headers={"kid": signer.kid})
