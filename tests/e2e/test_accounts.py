"""Accounts on the deployed cloud: sign-ins, tokens, staff, addresses, defences, and deletion."""

from __future__ import annotations

import base64
import json
import re
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx
import jwt
import pytest
from common.domain.identity.sessions import REFRESH_GRACE

from infra.local.demo.people import Person, RequestRefused, is_starting, wait_for
from tests.e2e.test_identity import PASSWORD, member, refusal, somebody
from tests.integration.access.test_roles import CALLERS, read_table

if TYPE_CHECKING:
    from infra.local.cloud import LocalCloud
    from infra.local.demo.stage import Stage

DETAILS = {"full_name": "Tom Fisher", "phone_number": "027 987 6543", "address": "12 Ponsonby Road, Auckland"}
_SECONDS = 30


def log_in(web: httpx.Client, email: str, password: str = PASSWORD, agent: str = "Browser/1") -> httpx.Response:
    body = {"email": email, "password": password}
    return web.post("/v1/auth/login", json=body, headers={"User-Agent": agent})


def refresh(web: httpx.Client, token: str) -> httpx.Response:
    return web.post("/v1/auth/refresh", json={"refresh_token": token}, headers={"User-Agent": "Browser/1"})


def two_tabs(web: httpx.Client, email: str) -> tuple[str, list[str]]:
    """A refresh token, and what two tabs get for it; begun anew where a busy machine let the grace pass between."""
    for _ in range(5):
        token = log_in(web, email).json()["refresh_token"]
        started = time.monotonic()
        answers = [refresh(web, token) for _ in range(2)]
        if time.monotonic() - started < REFRESH_GRACE.total_seconds() / 2:
            return token, [answer.json()["refresh_token"] for answer in answers]
    raise TimeoutError("the machine is too busy for two requests within the grace")


@pytest.mark.timeout(200)
def test_sign_ins_are_kept_listed_renewed_and_ended(stage: Stage, web: httpx.Client) -> None:
    person = member(stage)
    first = log_in(web, person.email).json()
    stage.wait_for_mail(person.email, "sign-in")
    person.take_tokens(first)
    assert len(person.call("GET", "/v1/auth/sessions")["items"]) == 2

    stolen, tabs = two_tabs(web, person.email)
    assert tabs[0] == tabs[1]
    stage.advance(timedelta(seconds=15))
    assert refresh(web, stolen).status_code == 401
    assert refresh(web, tabs[0]).status_code == 401, "a stolen token that is replayed ends the whole family"

    second, third = log_in(web, person.email).json(), log_in(web, person.email).json()
    person.forget()
    person.take_tokens(second)
    change = {"current_password": PASSWORD, "new_password": f"{PASSWORD}-anew"}
    assert refusal(person, "PUT", "/v1/users/me/password", {**change, "current_password": "wrong"}) == 403
    person.call("PUT", "/v1/users/me/password", change)
    assert refresh(web, third["refresh_token"]).status_code == 401
    person.call("POST", "/v1/auth/logout")
    assert refresh(web, second["refresh_token"]).status_code == 401
    assert log_in(web, person.email).status_code == 401


def test_others_can_verify_our_tokens_and_nobody_can_make_one(stage: Stage, web: httpx.Client) -> None:
    token = stage.seeded_person("customer").access_token
    issuer = web.get("/.well-known/openid-configuration").json()
    keys = jwt.PyJWKSet.from_dict(httpx.get(issuer["jwks_uri"], timeout=_SECONDS).json())
    kid = jwt.get_unverified_header(token)["kid"]
    options: Any = {"verify_iat": False, "verify_exp": False}
    claims = jwt.decode(
        token, keys[kid], algorithms=["RS256"], audience="gigsta", issuer=issuer["issuer"], options=options
    )
    assert {"sub", "exp", "iat", "jti", "sid", "typ", "roles"} <= set(claims)

    unsigned = base64.urlsafe_b64encode(json.dumps({"alg": "none", "kid": kid}).encode()).decode().rstrip("=")
    _, body, signature = token.split(".")
    for forged in (f"{unsigned}.{body}.", f"{unsigned}.{body}.{signature}", token[:-4], "x"):
        answer = web.get("/v1/users/me", headers={"Authorization": f"Bearer {forged}"})
        assert (answer.status_code, answer.json()["code"]) == (401, "invalid_token")


@pytest.mark.timeout(200)
def test_staff_sign_in_for_an_hour_and_suspend_at_once(stage: Stage, web: httpx.Client) -> None:
    person, admin = member(stage), stage.seeded_person("admin")
    me = person.call("GET", "/v1/users/me")
    claims = jwt.decode(admin.access_token, options={"verify_signature": False})
    assert claims["exp"] - claims["iat"] == 3600
    admin.call("POST", f"/v1/admin/users/{me['id']}/suspend", {"reason": "Reported by several customers"})
    stale = web.get("/v1/users/me", headers={"Authorization": f"Bearer {person.access_token}"})
    assert (stale.status_code, log_in(web, person.email).json()["code"]) == (401, "account_suspended")
    admin.call("POST", f"/v1/admin/users/{me['id']}/restore")
    assert log_in(web, person.email).status_code == 200
    log = admin.call("GET", f"/v1/admin/users/{me['id']}/activity?limit=100")["items"]
    assert {"email_verified", "signed_in", "suspended", "restored"} <= {row["type"] for row in log}


@pytest.mark.timeout(200)
def test_steps_out_of_order_are_refused_and_a_rejected_applicant_may_try_again(stage: Stage, cloud: LocalCloud) -> None:
    person, moderator = member(stage), stage.seeded_person("moderator")
    application = {**DETAILS, "trading_name": "Ridge Fencing"}
    with pytest.raises(RequestRefused) as early:
        person.call("POST", "/v1/onboarding/provider", application)
    assert (early.value.response.status_code, early.value.response.json()["missing"]) == (409, ["path"])
    assert person.call("POST", "/v1/onboarding/path", {"path": "seeker"})["next_steps"] == ["profile"]
    person.take_tokens(person.call("POST", "/v1/onboarding/profile", DETAILS))
    person.call("POST", "/v1/onboarding/path", {"path": "provider"})
    applied = person.call("POST", "/v1/onboarding/provider", application)
    assert applied["user"]["roles"] == ["user", "provider"]
    reason = {"reason": "The licence is missing."}
    moderator.call("POST", f"/v1/admin/providers/{applied['provider']['id']}/reject", reason)
    wait_for("the reason", lambda: any(reason["reason"] in mail.text for mail in cloud.mails(person.email)) or None)
    anew = person.call("POST", "/v1/onboarding/provider", application)
    assert anew["next_steps"] == ["billing", "approval"]


def test_addresses_are_found_and_those_that_are_not_are_taken_all_the_same(stage: Stage, web: httpx.Client) -> None:
    there = web.get("/v1/geo/geocode", params={"q": "12 Ponsonby Road, Auckland"}).json()["location"]
    assert abs(there["lat"] + 36.85) < 0.1
    assert web.get("/v1/geo/reverse", params=there).json()["country"] == "NZ"
    person = stage.seeded_person("customer")
    changed = person.call("PATCH", "/v1/users/me", {"address": "Third hut behind the ridge"})
    assert not changed["address"]["is_located"]


def test_every_address_is_answered_alike_and_gets_few_mails(stage: Stage, web: httpx.Client) -> None:
    known, unknown = stage.seeded_person("customer"), somebody(stage)
    weak = web.post("/v1/auth/register", json={"email": unknown.email, "password": "P@ssw0rd2024"})
    assert (weak.status_code, weak.json()["errors"][0]["code"]) == (422, "password_too_common")
    seen = [
        [web.post("/v1/auth/forgot-password", json={"email": each.email}) for _ in range(6)]
        for each in (known, unknown)
    ]
    alike = [[(answer.status_code, answer.json().get("code")) for answer in answers] for answers in seen]
    assert alike[0] == alike[1] == [(202, None)] * 5 + [(429, "rate_limited")]
    assert int(seen[0][-1].headers["retry-after"]) > 0
    refused = [log_in(web, each.email, "wrong-horse-battery") for each in (known, unknown)]
    assert [answer.status_code for answer in refused] == [401, 401]
    assert refused[0].json()["detail"] == refused[1].json()["detail"]


@pytest.mark.timeout(200)
def test_anyone_who_leaves_takes_the_data_along_and_is_forgotten(
    stage: Stage, web: httpx.Client, cloud: LocalCloud
) -> None:
    person = member(stage)
    person.call("PATCH", "/v1/users/me", {"full_name": "Rewi Waititi", "phone_number": "+64279876544"})
    person.call("POST", "/v1/payments/setup-intents")
    assert _stripe_customers(cloud, person) == 1
    export = person.call("GET", "/v1/users/me/export")
    assert export["account"]["email"] == person.email
    assert export["sessions"]
    person.call("DELETE", "/v1/users/me")
    gone = web.get("/v1/users/me", headers={"Authorization": f"Bearer {person.access_token}"})
    assert (gone.status_code, log_in(web, person.email).status_code) == (401, 401)
    wait_for("Stripe to forget", lambda: _stripe_customers(cloud, person) == 0 or None)


def _stripe_customers(cloud: LocalCloud, person: Person) -> int:
    headers = {"Authorization": "Bearer sk_test_local"}
    found = httpx.get(
        f"{cloud.stripe_url}/v1/customers", params={"email": person.email}, headers=headers, timeout=_SECONDS
    )
    return len(found.json()["data"])


@pytest.mark.timeout(200)
def test_every_deployed_route_lets_in_whom_the_table_says(stage: Stage, web: httpx.Client) -> None:
    """Nobody at every route, and a plain user at staff's; the whole table is compared in process."""
    table = read_table()
    customer = {"Authorization": f"Bearer {stage.seeded_person('customer').access_token}"}
    staffs = [route for route in table if " /v1/admin/" in route]
    seen = {route: _verdict(web, route, {}) for route in table}
    assert seen == {route: cells[CALLERS.index("nobody")] for route, cells in table.items()}
    refused = {route: _verdict(web, route, customer) for route in staffs}
    assert refused == {route: table[route][CALLERS.index("user")] for route in staffs}


def _verdict(web: httpx.Client, route: str, headers: dict[str, str]) -> str:
    method, _, path = route.partition(" ")
    address = re.sub(r"\{[^}]+\}", "none", path)

    def ask() -> httpx.Response | None:
        """Ask once more where a function was still starting."""
        answer = web.request(method, address, headers=headers)
        return None if path != "/v1/health/ready" and is_starting(answer) else answer

    answer = wait_for(route, ask)
    assert answer.status_code < 500 or path == "/v1/health/ready", f"{route}: {answer.status_code} {answer.text[:200]}"
    return str(answer.status_code) if answer.status_code in {401, 403} else "in"
