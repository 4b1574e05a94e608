"""Malformed, oversized and hostile input: a clear 4xx each, and nothing written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support.people import PASSWORD, Identity, bearer

if TYPE_CHECKING:
    from common.runtime.container.bootstrap import Container

EMAIL = "bad.input@example.com"
_WATCHED = ("users", "registrations", "outbox", "sessions", "credentials", "mail_tokens")


async def _count(container: Container) -> dict[str, int]:
    return {name: await container.mongo.collection(name).count_documents({}) for name in _WATCHED}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("register", {}),
        ("register", {"email": EMAIL}),
        ("register", {"email": EMAIL, "password": None}),
        ("register", {"email": EMAIL, "password": 12345678}),
        ("register", {"email": [EMAIL], "password": PASSWORD}),
        ("register", {"email": {"$gt": ""}, "password": PASSWORD}),
        ("register", {"email": EMAIL, "password": PASSWORD, "roles": ["admin"]}),
        ("register", {"email": EMAIL, "password": PASSWORD, "is_verified": True}),
        ("register", {"email": "a" * 300 + "@example.com", "password": PASSWORD}),
        ("register", {"email": "a@example.com\r\nBcc: b@example.com", "password": PASSWORD}),
        ("register", {"email": EMAIL, "password": "x" * 10_000}),
        ("register", {"email": EMAIL, "password": "null\u0000in-the-middle"}),
        ("login", {"email": {"$ne": None}, "password": {"$ne": None}}),
        ("login", {"email": EMAIL}),
        ("verify-email", {"token": ""}),
        ("verify-email", {"token": "x" * 5000}),
        ("verify-email", {"token": {"$gt": ""}}),
        ("verify-email", {"token": "unknown-token"}),
        ("reset-password", {"token": "unknown-token", "password": PASSWORD}),
        ("refresh", {"refresh_token": 7}),
        ("forgot-password", {"email": "not an address"}),
        ("resend-verification", {"email": ""}),
        ("oauth/google/callback", {"code": "x"}),
    ],
)
async def test_it_is_refused_and_nothing_is_written(
    identity: Identity, container: Container, path: str, body: dict[str, Any]
) -> None:
    before = await _count(container)
    answer = await identity.post(f"/v1/auth/{path}", body)
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert PASSWORD not in answer.text
    assert answer.json()["errors"]
    assert await _count(container) == before


async def test_a_name_is_kept_as_it_is_spelt(identity: Identity) -> None:
    headers = bearer(await identity.register())
    for name in ("Māori Te Whānau", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "O'Brien-Zoë", "山田 太郎"):
        answer = await identity.client.patch("/v1/users/me", json={"full_name": name}, headers=headers)
        assert answer.json()["full_name"] == name


async def test_what_cannot_be_seen_is_dropped_from_all_that_people_type(identity: Identity) -> None:
    pair = await identity.register("aroha@example.com")
    login = await identity.post("/v1/auth/login", {"email": "ar\u200boha@exa\u202emple.com", "password": PASSWORD})
    assert login.status_code == 200, login.text
    typed = {
        "full_name": "Aroha\u200b \u202eNgata\u2069",
        "phone_number": "+64\ufe0d 21\u200b \u202e123 4567",
        "address": "12\ufe0e Ponsonby\u00ad Road\u2060, Auckland",
    }
    answer = await identity.client.patch("/v1/users/me", json=typed, headers=bearer(pair))
    assert answer.status_code == 200, answer.text
    user = answer.json()
    assert (user["full_name"], user["phone_number"]) == ("Aroha Ngata", "+64211234567")
    assert user["address"]["text"] == "12 Ponsonby Road, Auckland"


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b'"text"', b"\xff\xfe", b'{"email":' + b"[" * 5000])
async def test_a_body_that_is_no_object_is_refused(identity: Identity, content: bytes) -> None:
    headers = {"content-type": "application/json"}
    answer = await identity.client.post("/v1/auth/register", content=content, headers=headers)
    assert 400 <= answer.status_code < 500
    assert answer.json()["request_id"]


async def test_a_body_that_is_too_large_is_refused(identity: Identity) -> None:
    answer = await identity.post("/v1/auth/register", {"email": EMAIL, "password": "x" * 100_000})
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Basic YTpi", "Bearer a.b.c", "Bearer " + "x" * 9000, "Bearer ü.ü.ü", "bearer null"],
)
async def test_a_malformed_authorization_is_401(identity: Identity, header: str) -> None:
    answer = await identity.client.get("/v1/users/me", headers=[(b"Authorization", header.encode())])
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    "changes",
    [
        {"phone_number": "12"},
        {"full_name": ""},
        {"full_name": "<script>alert(1)</script>"},
        {"full_name": "x" * 500},
        {"full_name": "\u200b\u200b"},
        {"full_name": "Aroha\x00Ngata"},
        {"full_name": "..."},
        {"address": "12 Ponsonby Road\x00"},
        {"address": "ab"},
        {"address": "x" * 1000},
        {"roles": ["admin"]},
        {"is_verified": True},
        {"email": "other@example.com"},
        {"onboarding_status": "billing_setup_complete"},
    ],
)
async def test_an_account_takes_only_what_its_owner_may_change(identity: Identity, changes: dict[str, Any]) -> None:
    pair = await identity.register()
    before = (await identity.client.get("/v1/users/me", headers=bearer(pair))).json()
    answer = await identity.client.patch("/v1/users/me", json=changes, headers=bearer(pair))
    assert answer.status_code == 422
    assert (await identity.client.get("/v1/users/me", headers=bearer(pair))).json() == before
