"""Who may call: tokens, suspension, roles."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

import jwt
import pytest
from common.domain.identity.roles import Principal, Role
from common.runtime.http import CurrentUser, OptionalUser, require
from fastapi import APIRouter, Depends

from tests.factories.users import make_user
from tests.support import app_client, sign_in, store_user

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import httpx
    from common.runtime.container.bootstrap import Container

    from tests.fakes.clock import FakeClock

router = APIRouter()


@router.get("/me")
async def me(caller: CurrentUser) -> dict[str, Any]:
    return {"user_id": caller.user_id, "provider_id": caller.provider_id, "roles": sorted(caller.roles)}


@router.get("/maybe")
async def maybe(caller: OptionalUser) -> dict[str, Any]:
    return {"user_id": caller.user_id if caller else None}


@router.get("/staff")
async def staff(caller: Annotated[Principal, Depends(require(Role.MODERATOR, Role.OPERATOR))]) -> dict[str, Any]:
    return {"user_id": caller.user_id}


@pytest.fixture
async def client(container: Container) -> AsyncIterator[httpx.AsyncClient]:
    async with app_client(router, container) as made:
        yield made


async def test_a_signed_in_caller_is_known_with_what_the_database_says(
    client: httpx.AsyncClient, container: Container
) -> None:
    user = make_user(roles=[Role.USER, Role.PROVIDER], provider_id="prv_1")
    response = await client.get("/me", headers=await sign_in(container, user))
    assert response.json() == {"user_id": user.id, "provider_id": "prv_1", "roles": ["provider", "user"]}


async def test_without_a_token_one_is_asked_for(client: httpx.AsyncClient) -> None:
    response = await client.get("/me")
    assert (response.status_code, response.json()["code"]) == (401, "unauthenticated")
    assert response.headers["www-authenticate"] == "Bearer"
    assert (await client.get("/maybe")).json() == {"user_id": None}


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer ", "Basic abc", "Bearer not.a.token", f"Bearer {'x' * 5000}", "Bearer \u00e9\u00e9"]
)
async def test_a_bad_header_is_401_even_where_a_caller_is_optional(client: httpx.AsyncClient, header: str) -> None:
    response = await client.get("/maybe", headers=[(b"authorization", header.encode())])
    assert (response.status_code, response.json()["code"]) == (401, "invalid_token")


async def test_a_suspension_ends_the_access_at_once(client: httpx.AsyncClient, container: Container) -> None:
    user = make_user()
    headers = await sign_in(container, user)
    assert (await client.get("/me", headers=headers)).status_code == 200
    await store_user(container, user.model_copy(update={"is_active": False}))
    response = await client.get("/me", headers=headers)
    assert (response.status_code, response.json()["code"]) == (401, "session_ended")


async def test_a_newer_epoch_ends_every_earlier_token(client: httpx.AsyncClient, container: Container) -> None:
    user = make_user()
    headers = await sign_in(container, user)
    await store_user(container, user.model_copy(update={"session_epoch": 1}))
    assert (await client.get("/me", headers=headers)).status_code == 401


async def test_an_expired_token_says_so(client: httpx.AsyncClient, container: Container, clock: FakeClock) -> None:
    headers = await sign_in(container, make_user())
    clock.advance(days=365, seconds=10)
    response = await client.get("/me", headers=headers)
    assert (response.status_code, response.json()["code"]) == (401, "token_expired")


async def test_roles_are_checked_and_a_super_admin_has_every_staff_role(
    client: httpx.AsyncClient, container: Container
) -> None:
    statuses = []
    for roles in ([Role.USER], [Role.ADMIN], [Role.OPERATOR], [Role.SUPER_ADMIN]):
        headers = await sign_in(container, make_user(roles=roles))
        statuses.append((await client.get("/staff", headers=headers)).status_code)
    assert statuses == [403, 403, 200, 200]


def _forged(container: Container, changes: dict[str, Any], *, algorithm: str = "RS256", key: Any = None) -> str:
    now = container.clock.now()
    claims = {
        "iss": container.public_base_url, "aud": "gigsta", "sub": "usr_x", "sid": "ses_x", "jti": "tok_x",
        "typ": "access", "epoch": 0, "iat": int(now.timestamp()), "exp": int((now + timedelta(hours=1)).timestamp()),
    }  # fmt: skip
    ours = container.token_issuer.keys[0]
    wanted = {name: value for name, value in {**claims, **changes}.items() if value is not None}
    return jwt.encode(wanted, ours.private_key if key is None else key, algorithm=algorithm, headers={"kid": ours.kid})


@pytest.mark.parametrize(
    "changes",
    [
        {"typ": "refresh"}, {"typ": None}, {"iss": "https://evil.example"}, {"aud": "other"}, {"aud": None},
        {"exp": None}, {"exp": "soon"}, {"iat": 99999999999}, {"epoch": "x"}, {"sub": None}, {"sid": None},
    ],
    ids=str,
)  # fmt: skip
async def test_a_signed_token_of_another_kind_is_refused(
    client: httpx.AsyncClient, container: Container, changes: dict[str, Any]
) -> None:
    await sign_in(container, make_user(id="usr_x"))
    assert (await _status(client, _forged(container, {}))) == 200
    assert (await _status(client, _forged(container, changes))) == 401


async def test_the_algorithm_is_pinned(client: httpx.AsyncClient, container: Container) -> None:
    await sign_in(container, make_user(id="usr_x"))
    hmac = _forged(container, {}, algorithm="HS256", key="0" * 32)
    unsigned = _forged(container, {}, algorithm="none", key="")
    assert [await _status(client, token) for token in (hmac, unsigned)] == [401, 401]


async def _status(client: httpx.AsyncClient, token: str) -> int:
    return (await client.get("/me", headers={"Authorization": f"Bearer {token}"})).status_code
