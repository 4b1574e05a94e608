"""Who can get into an account is changed only after a recent sign-in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from common.application.identity.sessions import open_session
from common.domain.identity.clients import ClientInfo

from tests.factories.users import make_user
from tests.support.people import PASSWORD, Identity, bearer

if TYPE_CHECKING:
    import httpx

    from tests.fakes.clock import FakeClock

PROFILE = {"full_name": "Kiri Teata", "phone_number": "+64211234567", "address": "1 Queen Street, Auckland"}
#: Method, path, body; what each answers a recent sign-in with.
DOORS: dict[str, tuple[str, str, dict[str, Any] | None, int]] = {
    "password": ("PUT", "/v1/users/me/password", {"current_password": PASSWORD, "new_password": f"{PASSWORD}-2"}, 204),
    "address": ("PUT", "/v1/users/me/email", {"email": "somewhere.else@example.com"}, 202),
    "first password": ("POST", "/v1/onboarding/profile", {**PROFILE, "password": f"{PASSWORD}-2"}, 409),
    "link": ("POST", "/v1/users/me/identities/google", {"code": "c", "state": "s", "binding": "b"}, 422),
    "unlink": ("DELETE", "/v1/users/me/identities/google", None, 404),
    "delete": ("DELETE", "/v1/users/me", None, 204),
}


async def _knock(identity: Identity, door: str, pair: dict[str, Any]) -> httpx.Response:
    method, path, body, _ = DOORS[door]
    return await identity.client.request(method, path, json=body, headers=bearer(pair))


@pytest.mark.parametrize("door", DOORS)
async def test_an_old_sign_in_is_asked_to_sign_in_again(identity: Identity, clock: FakeClock, door: str) -> None:
    email = f"{uuid4().hex}@example.com"
    pair = await identity.register(email)
    clock.advance(minutes=14)
    pair = (await identity.post("/v1/auth/refresh", {"refresh_token": pair["refresh_token"]})).json()
    clock.advance(minutes=14)
    pair = (await identity.post("/v1/auth/refresh", {"refresh_token": pair["refresh_token"]})).json()
    clock.advance(minutes=3)
    refused = await _knock(identity, door, pair)
    assert (refused.status_code, refused.json()["code"]) == (403, "recent_sign_in_required"), "no refresh renews it"
    assert refused.json()["max_age_seconds"] == 1800
    assert (await _knock(identity, door, (await identity.log_in(email)).json())).status_code == DOORS[door][3]


@pytest.mark.parametrize("door", DOORS)
async def test_a_mailed_link_is_a_recent_sign_in_too(identity: Identity, clock: FakeClock, door: str) -> None:
    email = f"{uuid4().hex}@example.com"
    await identity.register(email)
    clock.advance(days=2)
    assert (await identity.post("/v1/auth/mail-sign-in", {"email": email})).status_code == 202
    token = await identity.mailed_token(email)
    pair = (await identity.post("/v1/auth/verify-email", {"token": token})).json()
    assert (await _knock(identity, door, pair)).status_code == DOORS[door][3]


async def test_what_changes_no_way_in_asks_for_nothing(identity: Identity, clock: FakeClock) -> None:
    pair = await identity.register()
    clock.advance(days=20)
    pair = (await identity.post("/v1/auth/refresh", {"refresh_token": pair["refresh_token"]})).json()
    assert (await identity.post("/v1/onboarding/profile", PROFILE, **bearer(pair))).status_code == 200
    assert (await identity.post("/v1/auth/logout-all", None, **bearer(pair))).status_code == 204


async def test_a_completed_profile_makes_no_old_sign_in_recent(identity: Identity, clock: FakeClock) -> None:
    auth = identity.container.auth
    guest = make_user(is_provisional=True)
    await auth.users.insert(guest)
    opened = await open_session(auth, guest, ClientInfo(), "email_link")
    clock.advance(minutes=14)
    pair = (await identity.post("/v1/auth/refresh", {"refresh_token": opened.refresh_token})).json()
    clock.advance(minutes=17)
    pair = (await identity.post("/v1/auth/refresh", {"refresh_token": pair["refresh_token"]})).json()
    renewed = await identity.post("/v1/onboarding/profile", PROFILE, **bearer(pair))
    assert renewed.status_code == 200, renewed.text
    refused = await _knock(identity, "delete", renewed.json())
    assert (refused.status_code, refused.json()["code"]) == (403, "recent_sign_in_required")
