"""Who owns what was registered for an address: anyone who follows the mail owns the account, and inherits nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import httpx
import pytest
from common.application.identity.registration import request_link
from common.domain.identity.mailed_codes import MailPurpose
from common.domain.shared.emails import parse_email
from common.runtime.http import create_app

from functions.auth.routes import router
from tests.support.people import PASSWORD, Identity, bearer, token_of

if TYPE_CHECKING:
    from common.runtime.container.bootstrap import Container

OWN_PASSWORD = "nine-tall-kauri-trees"
HOME, CAFE = "203.0.113.7", "198.51.100.9"
#: What a page of the frontend sends with every call, whether it likes it or not.
PAGE = {"Origin": "http://web.test", "Sec-Fetch-Mode": "cors"}


def client_at(container: Container, address: str, **headers: str) -> httpx.AsyncClient:
    """A client with a cookie jar of its own."""
    app = create_app(router, service="auth", container=container)
    transport = httpx.ASGITransport(app=app, client=(address, 443))
    return httpx.AsyncClient(transport=transport, base_url="http://api.test", headers=headers)


async def _register(client: httpx.AsyncClient, email: str, password: str = PASSWORD) -> None:
    answer = await client.post("/v1/auth/register", json={"email": email, "password": password})
    assert answer.status_code == 202, answer.text


async def _follow(client: httpx.AsyncClient, token: str, **more: Any) -> dict[str, Any]:
    answer = await client.post("/v1/auth/verify-email", json={"token": token, **more})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_an_app_without_a_cookie_jar_sends_its_device_token_back_itself(
    identity: Identity, container: Container
) -> None:
    async with client_at(container, HOME) as first:
        body = {"email": "app@example.com", "password": PASSWORD}
        device = (await first.post("/v1/auth/register", json=body)).cookies["gigsta_device"]
    async with client_at(container, CAFE, Cookie=f"gigsta_device={device}") as second:
        signed_in = await _follow(second, await identity.mailed_token("app@example.com"))
    assert not signed_in["user"]["requires_password_setup"]
    assert (await identity.log_in("app@example.com")).status_code == 200


async def test_an_app_without_a_device_token_chooses_the_password_with_the_link(
    identity: Identity, container: Container
) -> None:
    async with client_at(container, HOME) as first:
        await _register(first, "plain@example.com")
    async with client_at(container, HOME) as second:
        token = await identity.mailed_token("plain@example.com")
        signed_in = await _follow(second, token, password=PASSWORD)
    assert not signed_in["user"]["requires_password_setup"]
    assert (await identity.log_in("plain@example.com")).status_code == 200


async def test_the_browser_that_registered_keeps_its_password_wherever_it_goes(
    identity: Identity, container: Container
) -> None:
    async with client_at(container, HOME, **PAGE) as at_home:
        await _register(at_home, "roaming@example.com")
        jar = at_home.cookies
    async with client_at(container, CAFE, **PAGE) as away:
        away.cookies = jar
        signed_in = await _follow(away, await identity.mailed_token("roaming@example.com"))
    assert not signed_in["user"]["requires_password_setup"]
    assert (await identity.log_in("roaming@example.com")).status_code == 200


@pytest.mark.parametrize("attackers_headers", [PAGE, {}], ids=["attackers-browser", "attackers-program"])
@pytest.mark.parametrize("device", ["", "gigsta_device=a-device-of-the-victims"], ids=["no-device", "own-device"])
@pytest.mark.parametrize(
    ("address", "headers"),
    [(HOME, PAGE), (HOME, {}), (CAFE, PAGE), (CAFE, {})],
    ids=["browser", "program", "browser-elsewhere", "program-elsewhere"],
)
async def test_a_victim_who_follows_the_attackers_mail_gets_the_account_and_not_the_password(
    identity: Identity,
    container: Container,
    address: str,
    headers: dict[str, str],
    device: str,
    attackers_headers: dict[str, str],
) -> None:
    """Even from the attacker's own network address, in a browser or in an app."""
    email = f"{uuid4().hex}@example.com"
    more = {**headers, **({"Cookie": device} if device else {})}
    async with (
        client_at(container, HOME, **attackers_headers) as attacker,
        client_at(container, address, **more) as victim,
    ):
        await _register(attacker, email)
        signed_in = await _follow(victim, await identity.mailed_token(email))
        assert signed_in["user"]["requires_password_setup"]
        body = {"email": email, "password": PASSWORD}
        assert (await attacker.post("/v1/auth/login", json=body)).status_code == 401
        chosen = {"new_password": OWN_PASSWORD}
        done = await victim.put("/v1/users/me/password", json=chosen, headers=bearer(signed_in))
        assert done.status_code == 204
        assert (await victim.post("/v1/auth/login", json={**body, "password": OWN_PASSWORD})).status_code == 200


async def test_anyone_who_follows_the_mail_may_choose_the_password_with_it(
    identity: Identity, container: Container
) -> None:
    email = "chooses@example.com"
    async with client_at(container, HOME) as attacker, client_at(container, CAFE, **PAGE) as victim:
        await _register(attacker, email)
        token = await identity.mailed_token(email)
        weak = await victim.post("/v1/auth/verify-email", json={"token": token, "password": "password1"})
        assert (weak.status_code, weak.json()["errors"][0]["field"]) == (422, "password")
        signed_in = await _follow(victim, token, password=OWN_PASSWORD)
    assert not signed_in["user"]["requires_password_setup"]
    assert (await identity.log_in(email)).status_code == 401
    assert (await identity.log_in(email, OWN_PASSWORD)).status_code == 200


async def test_a_link_sets_no_password_on_an_account_that_was_proven_before(identity: Identity) -> None:
    email = "proven@example.com"
    await identity.register(email)
    await request_link(identity.container.auth, parse_email(email), MailPurpose.SIGN_IN)
    token = await identity.mailed_token(email)
    refused = await identity.post("/v1/auth/verify-email", {"token": token, "password": OWN_PASSWORD})
    assert (refused.status_code, refused.json()["code"]) == (409, "already_verified")
    assert (await identity.post("/v1/auth/verify-email", {"token": token})).status_code == 200
    assert (await identity.log_in(email)).status_code == 200


async def test_of_two_who_registered_the_follower_brings_their_own_password(
    identity: Identity, container: Container
) -> None:
    """The victim may even follow the link that was mailed for the attacker's registration."""
    email = "both.of.us@example.com"
    async with client_at(container, CAFE) as attacker, client_at(container, HOME, **PAGE) as victim:
        await _register(victim, email, OWN_PASSWORD)
        await _register(attacker, email)
        attackers = (await identity.mails(email))[1]
        signed_in = await _follow(victim, token_of(attackers))
    assert not signed_in["user"]["requires_password_setup"]
    assert (await identity.log_in(email)).status_code == 401
    assert (await identity.log_in(email, OWN_PASSWORD)).status_code == 200
