"""No query of identity or of staff's lists reads a whole collection: the server's own profiler says so."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from common.adapters.identity.one_time_codes import codes_of
from common.application.identity.erasure import ACCOUNT_DELETED, erase_person
from common.domain.identity.roles import Role

from tests.factories.users import make_user
from tests.fakes.payment_gateway import FakePaymentGateway
from tests.support import api_client, sign_in
from tests.support.authenticator import Authenticator
from tests.support.people import PASSWORD, Identity, bearer

if TYPE_CHECKING:
    from common.runtime.container.bootstrap import Container

NEW = "nine-tall-kauri-trees"
DETAILS = {
    "full_name": "Tom Fisher",
    "phone_number": "+64279876543",
    "address": "7 Quiet Lane, Nelson",
    "trading_name": "Fisher Garden Care",
}


async def test_every_query_runs_on_an_index(identity: Identity, container: Container) -> None:
    database = container.mongo.db
    admin = await sign_in(container, make_user(roles=[Role.USER, Role.ADMIN]))
    await identity.register("first@example.com")
    await database.command("profile", 2)
    await _live(identity)
    await _look_through(container, admin)
    await database.command("profile", 0)

    plans = database["system.profile"].find({"planSummary": {"$exists": True}, "ns": {"$not": {"$regex": "system"}}})
    seen = {(row["ns"].partition(".")[2], row["planSummary"]) async for row in plans}
    scans = {plan for plan in seen if plan[1].startswith("COLLSCAN") and plan[0] not in {"signing_keys", "categories"}}
    assert len(seen) > 20
    assert scans == set()


async def _live(identity: Identity) -> None:
    """One person's life with the identity function."""
    headers = bearer(await identity.register("planned@example.com"))
    await identity.post("/v1/auth/resend-verification", {"email": "planned@example.com"})
    await identity.log_in("planned@example.com", "wrong-horse-battery")
    pair = (await identity.log_in("planned@example.com")).json()
    await identity.post("/v1/auth/refresh", {"refresh_token": pair["refresh_token"]})
    await identity.client.get("/v1/auth/sessions", headers=headers)
    await identity.client.get("/v1/users/me/identities", headers=headers)
    await _use_factors(identity)
    body = {"current_password": PASSWORD, "new_password": NEW}
    await identity.client.put("/v1/users/me/password", json=body, headers=headers)
    await identity.post("/v1/onboarding/path", {"path": "provider"}, **headers)
    await identity.post("/v1/onboarding/provider", DETAILS, **headers)
    await identity.post("/v1/auth/forgot-password", {"email": "planned@example.com"})
    await identity.mails("planned@example.com")
    assert (await identity.client.get("/v1/users/me/export", headers=headers)).status_code == 200
    await identity.post("/v1/auth/logout", None, **bearer((await identity.log_in("planned@example.com", NEW)).json()))
    assert (await identity.client.delete("/v1/users/me", headers=headers)).status_code == 204
    erasure = replace(identity.container.erasure, gateway=FakePaymentGateway())
    await erase_person(erasure, next(each for each in identity.publisher.events if each.type == ACCOUNT_DELETED))
    await erasure.personal.erase_mentions(["bkg_none"])


async def _use_factors(identity: Identity) -> None:
    """One person's second factors: an app, a passkey, a recovery code."""
    tokens = await identity.register("factored@example.com")
    factors, headers = "/v1/users/me/factors", bearer(tokens)
    begun = (await identity.post(f"{factors}/totp", {}, **headers)).json()
    code = codes_of(begun["secret"], identity.container.clock.now())[1][1]
    confirmed = {"factor_id": begun["factor_id"], "code": code}
    [recovery, *_] = (await identity.post(f"{factors}/totp/confirm", confirmed, **headers)).json()["recovery_codes"]
    waiting = (await identity.log_in("factored@example.com")).json()["challenge_token"]
    await identity.post("/v1/auth/factor/options", {"challenge_token": waiting})
    proof = {"challenge_token": waiting, "recovery_code": recovery}
    headers = bearer((await identity.post("/v1/auth/factor", proof)).json())
    made = (await identity.post(f"{factors}/passkeys/options", {}, **headers)).json()
    key = Authenticator()
    body = {"challenge_token": made["challenge_token"], "credential": key.create(made["options"])}
    assert (await identity.post(f"{factors}/passkeys", body, **headers)).status_code == 200
    asked = (await identity.post("/v1/auth/passkey/options")).json()
    proof = {"challenge_token": asked["challenge_token"], "credential": key.get(asked["options"])}
    assert (await identity.post("/v1/auth/factor", proof)).status_code == 200
    await identity.client.delete(f"{factors}/{begun['factor_id']}", headers=headers)
    assert (await identity.client.delete("/v1/users/me", headers=headers)).status_code == 204


async def _look_through(container: Container, headers: dict[str, str]) -> None:
    """Staff's lists."""
    async with api_client("admin", container) as client:
        for path in (
            "providers?status=pending",
            "providers",
            "users",
            "users?q=plan",
            "users?is_active=true",
            "audit-logs",
            "audit-logs?type=signed_in",
            "audit-logs?user_id=usr_none",
        ):
            assert (await client.get(f"/v1/admin/{path}", headers=headers)).status_code == 200
