"""What keeps strangers out without keeping owners out, and tells them nothing."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import httpx
import pytest
from common.runtime.http import create_app

from functions.auth.routes import router
from tests.support.people import PASSWORD, Identity, token_of

if TYPE_CHECKING:
    from common.runtime.container.bootstrap import Container

    from tests.fakes.clock import FakeClock

WRONG = "wrong-horse-battery"


def client_at(container: Container, address: str) -> httpx.AsyncClient:
    """A client of the identity function at a network address."""
    app = create_app(router, service="auth", container=container)
    transport = httpx.ASGITransport(app=app, client=(address, 443))
    return httpx.AsyncClient(transport=transport, base_url="http://api.test")


async def _log_in(client: httpx.AsyncClient, email: str, password: str) -> httpx.Response:
    return await client.post("/v1/auth/login", json={"email": email, "password": password})


async def test_failures_delay_more_and_more_and_are_forgotten(identity: Identity, clock: FakeClock) -> None:
    await identity.register("slow@example.com")
    identity.client.cookies.clear()
    for _ in range(5):
        assert (await identity.log_in("slow@example.com", WRONG)).status_code == 401
    blocked = await identity.log_in("slow@example.com", PASSWORD)
    assert blocked.status_code == 429
    waits = []
    for _ in range(12):
        clock.advance(seconds=int((await identity.log_in("slow@example.com", WRONG)).headers["Retry-After"]))
        assert (await identity.log_in("slow@example.com", WRONG)).status_code == 401
        waits.append(int((await identity.log_in("slow@example.com", WRONG)).headers["Retry-After"]))
    assert waits[:4] == [2, 4, 8, 16]
    assert waits[-1] == 900
    clock.advance(hours=1, seconds=1)
    assert (await identity.log_in("slow@example.com", PASSWORD)).status_code == 200


async def test_tries_made_at_the_same_moment_are_counted_one_by_one(container: Container) -> None:
    async with client_at(container, "198.51.100.200") as hasty:
        guesses = [_log_in(hasty, "burst@example.com", f"wrong-horse-{number}") for number in range(30)]
        answers = await asyncio.gather(*guesses)
    assert sorted(answer.status_code for answer in answers) == [401] * 5 + [429] * 25


async def test_a_stranger_cannot_lock_the_owner_out(identity: Identity, container: Container, clock: FakeClock) -> None:
    await identity.register("owner@example.com")
    for number in range(60):
        async with client_at(container, f"198.51.100.{number}") as stranger:
            await _log_in(stranger, "owner@example.com", WRONG)
    async with client_at(container, "192.0.2.1") as elsewhere:
        assert (await _log_in(elsewhere, "owner@example.com", PASSWORD)).status_code == 429
    assert (await identity.log_in("owner@example.com", PASSWORD)).status_code == 200
    clock.advance(minutes=16)
    async with client_at(container, "192.0.2.1") as elsewhere:
        assert (await _log_in(elsewhere, "owner@example.com", PASSWORD)).status_code == 200


async def _besiege(container: Container, email: str) -> None:
    """Strangers fail from everywhere until every unknown place has to wait."""
    for number in range(60):
        async with client_at(container, f"198.51.100.{number}") as stranger:
            await _log_in(stranger, email, WRONG)


async def test_a_reset_lets_the_owners_new_device_in_and_keeps_it_in(identity: Identity, container: Container) -> None:
    email = "new.phone@example.com"
    await identity.register(email)
    await _besiege(container, email)
    async with client_at(container, "192.0.2.2") as phone:
        assert (await _log_in(phone, email, PASSWORD)).status_code == 429
        await phone.post("/v1/auth/forgot-password", json={"email": email})
        body = {"token": await identity.mailed_token(email), "password": "nine-tall-kauri-trees"}
        assert (await phone.post("/v1/auth/reset-password", json=body)).status_code == 202
        await _besiege(container, email)
        assert (await _log_in(phone, email, "nine-tall-kauri-trees")).status_code == 200


async def test_a_mailed_link_signs_in_whatever_strangers_do(identity: Identity, container: Container) -> None:
    email = "mailed.in@example.com"
    await identity.register(email)
    await _besiege(container, email)
    async with client_at(container, "192.0.2.3") as phone:
        assert (await phone.post("/v1/auth/mail-sign-in", json={"email": email})).status_code == 202
        (mail,) = await identity.mails(email)
        assert (mail.template, mail.to) == ("sign_in", email)
        assert (await phone.post("/v1/auth/verify-email", json={"token": token_of(mail)})).status_code == 200
        await _besiege(container, email)
        assert (await _log_in(phone, email, PASSWORD)).status_code == 200


async def test_an_unknown_address_is_blocked_like_a_known_one(identity: Identity) -> None:
    await identity.register("known@example.com")
    identity.client.cookies.clear()
    answers = {}
    for email in ("known@example.com", "unknown@example.com"):
        answers[email] = [(await identity.log_in(email, WRONG)).status_code for _ in range(8)]
    assert answers["known@example.com"] == answers["unknown@example.com"]


async def test_each_network_address_has_its_limit(container: Container) -> None:
    async with client_at(container, "192.0.2.77") as busy, client_at(container, "192.0.2.78") as calm:
        statuses = [(await _log_in(busy, f"n{number}@example.com", WRONG)).status_code for number in range(62)]
        assert statuses[:60] == [401] * 60
        assert statuses[60:] == [429, 429]
        assert (await _log_in(calm, "n@example.com", WRONG)).status_code == 401


async def test_mails_to_one_address_are_bounded_no_matter_who_asks(container: Container) -> None:
    statuses = []
    for number in range(7):
        async with client_at(container, f"203.0.113.{number}") as client:
            answer = await client.post("/v1/auth/forgot-password", json={"email": "bombed@example.com"})
            statuses.append(answer.status_code)
    assert statuses == [202] * 5 + [429] * 2
    left = {name: answer.headers[f"ratelimit-{name}"] for name in ("limit", "remaining", "reset")}
    assert left == {"limit": "5", "remaining": "0", "reset": answer.headers["retry-after"]}


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short", "password_too_short"),
        ("x" * 5 + "Yz9!" * 31, "password_too_long"),
        ("P@ssw0rd2024", "password_too_common"),
        ("qwertyuiop", "password_too_common"),
        ("abcabcabcabc", "password_too_common"),
        ("Weak.Person", "password_too_common"),
        ("tab\there-and-there", "password_invalid"),
    ],
)
async def test_bad_passwords_are_refused_with_a_reason(identity: Identity, password: str, code: str) -> None:
    answer = await identity.post("/v1/auth/register", {"email": "weak.person@example.com", "password": password})
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{**answer.json()["errors"][0], "field": "password", "code": code}]
    assert identity.publisher.events == []


async def test_a_password_is_neither_stripped_nor_cut(identity: Identity) -> None:
    password = " " + "ma quiet lake " * 9 + " "
    assert len(password) == 128
    await identity.register("spaces@example.com", password)
    assert (await identity.log_in("spaces@example.com", password)).status_code == 200
    assert (await identity.log_in("spaces@example.com", password.strip())).status_code == 401
    assert (await identity.log_in("spaces@example.com", password[:-1])).status_code == 401
