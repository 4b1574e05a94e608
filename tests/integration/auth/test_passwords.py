"""One rule of which passwords are taken, at every door that takes one."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from common.application.identity.provisional import ensure_provisional_user, sign_in_link_event
from common.application.identity.records import publish

from tests.support.people import PASSWORD, Identity, bearer

if TYPE_CHECKING:
    import httpx

#: Made of the address, or known to everybody.
GUESSABLE = ["{email}", "{local}", "{email}123", "password1", "short"]
PROFILE = {"full_name": "Guest One", "phone_number": "+64211234567", "address": "1 Queen Street, Auckland"}


async def _register(identity: Identity, email: str, password: str) -> httpx.Response:
    return await identity.post("/v1/auth/register", {"email": email, "password": password})


async def _verify(identity: Identity, email: str, password: str) -> httpx.Response:
    await _register(identity, email, PASSWORD)
    token = await identity.mailed_token(email)
    refused = await identity.post("/v1/auth/verify-email", {"token": token, "password": password})
    taken = await identity.post("/v1/auth/verify-email", {"token": token, "password": PASSWORD})
    assert taken.status_code == 200, "the code lives on"
    return refused


async def _reset(identity: Identity, email: str, password: str) -> httpx.Response:
    await identity.register(email)
    await identity.post("/v1/auth/forgot-password", {"email": email})
    token = await identity.mailed_token(email)
    refused = await identity.post("/v1/auth/reset-password", {"token": token, "password": password})
    taken = await identity.post("/v1/auth/reset-password", {"token": token, "password": PASSWORD})
    assert taken.status_code == 202, "the code lives on"
    return refused


async def _change(identity: Identity, email: str, password: str) -> httpx.Response:
    headers = bearer(await identity.register(email))
    body = {"current_password": PASSWORD, "new_password": password}
    return await identity.client.put("/v1/users/me/password", json=body, headers=headers)


async def _complete_as_guest(identity: Identity, email: str, password: str) -> httpx.Response:
    auth = identity.container.auth
    event = sign_in_link_event(auth, await ensure_provisional_user(auth, email), "bki_none")
    await auth.outbox.insert([event])
    await publish(auth, [event])
    signed_in = await identity.post("/v1/auth/verify-email", {"token": await identity.mailed_token(email)})
    return await identity.post("/v1/onboarding/profile", {**PROFILE, "password": password}, **bearer(signed_in.json()))


DOORS = {
    "register": _register,
    "verify-email": _verify,
    "reset-password": _reset,
    "change": _change,
    "guest": _complete_as_guest,
}


@pytest.mark.parametrize("guessable", GUESSABLE)
@pytest.mark.parametrize("door", DOORS)
async def test_no_door_takes_a_password_that_is_easy_to_guess(identity: Identity, door: str, guessable: str) -> None:
    local = f"someone.{uuid4().hex[:12]}"
    email = f"{local}@example.com"
    answer = await DOORS[door](identity, email, guessable.format(email=email, local=local))
    assert answer.status_code == 422, answer.text
    (error,) = answer.json()["errors"]
    assert error["field"] == ("new_password" if door == "change" else "password")
    assert error["code"] in {"password_too_common", "password_too_short"}
