"""Every route, called as everybody, compared with the table in ``roles.txt``.

A cell says what authorization makes of the call: ``401``, ``403``, or ``in`` for a caller who is let in (whatever the
route then makes of made-up ids and an empty body). What belongs to somebody is compared in ``test_ownership.py``.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from common.domain.identity.roles import Role
from fastapi import FastAPI

from infra import applications
from tests.factories.providers import make_provider
from tests.factories.users import make_user
from tests.fakes.payment_gateway import FakePaymentGateway
from tests.support import api_client, make_container, make_settings, sign_in

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import httpx
    from common.domain.identity.users import User
    from common.runtime.container.bootstrap import Container

    from tests.fakes.clock import FakeClock
    from tests.fakes.publisher import CollectingPublisher

TABLE = Path(__file__).parent / "roles.txt"
CALLERS = ("nobody", "user", "provider", "moderator", "operator", "admin", "super_admin")
_LET_IN = "in"


def read_table() -> dict[str, list[str]]:
    """Cells by route; lines that begin with ``#`` are comments."""
    rows = [line.split("|") for line in TABLE.read_text().splitlines() if line and not line.startswith("#")]
    return {route.strip(): cells.split() for route, cells in rows}


@cache
def all_routes() -> dict[str, str]:
    """The function of every route of the code, by method and path."""
    found: dict[str, str] = {}
    for area in applications.areas():
        app = FastAPI()
        app.include_router(applications.router(area))
        for path, operations in app.openapi()["paths"].items():
            found |= {f"{method.upper()} {path}": area for method in operations}
    return found


@pytest.fixture
async def container(
    mongodb_uri: str, migrated_database: str, clock: FakeClock, publisher: CollectingPublisher
) -> AsyncIterator[Container]:
    """A container whose Stripe refuses connections: nothing here may depend on its answers."""
    settings = make_settings(mongodb_uri, migrated_database, STRIPE_API_BASE="http://127.0.0.1:9")
    gateway = FakePaymentGateway(now=clock.now())
    made = make_container(
        mongodb_uri, migrated_database, settings=settings, clock=clock, publisher=publisher, gateway=gateway
    )
    yield made
    await made.close()


def test_the_table_has_every_route_and_no_other() -> None:
    assert sorted(read_table()) == sorted(all_routes())


async def _callers(container: Container) -> dict[str, dict[str, str]]:
    """Header fields of one caller of each kind."""
    headers: dict[str, dict[str, str]] = {"nobody": {}}
    for name in CALLERS[1:]:
        user: User = make_user(roles=[Role.USER] if name == "user" else [Role.USER, Role(name)])
        if name == "provider":
            provider = make_provider(user_id=user.id)
            await container.providers.insert(provider)
            user = user.model_copy(update={"provider_id": provider.id})
        headers[name] = await sign_in(container, user)
    return headers


@pytest.mark.parametrize("area", applications.areas())
async def test_authorization_is_as_the_table_says(container: Container, area: str) -> None:
    callers = await _callers(container)
    table = read_table()
    seen = {}
    async with api_client(area, container) as client:
        for route in sorted(route for route, owner in all_routes().items() if owner == area):
            seen[route] = [await _call(container, client, route, callers[name]) for name in CALLERS]
    assert seen == {route: table.get(route) for route in seen}


async def _call(container: Container, client: httpx.AsyncClient, route: str, headers: dict[str, str]) -> str:
    """What authorization makes of one call; each comes as a fresh caller, so that no sign-out or limit spills over."""
    client.cookies.clear()
    await container.mongo.collection("rate_limits").delete_many({})
    users = container.mongo.collection("users")
    before = await users.find({}).to_list()
    method, _, path = route.partition(" ")
    answer = await client.request(method, re.sub(r"\{[^}]+\}", "none", path), headers=headers)
    after = {row["_id"]: row async for row in users.find({})}
    for row in before:
        if row != after.get(row["_id"]):
            await users.replace_one({"_id": row["_id"]}, row, upsert=True)
    return str(answer.status_code) if answer.status_code in {401, 403} else _LET_IN


async def test_every_route_that_answers_get_answers_head(container: Container) -> None:
    """As strangers see them: whatever the answer is, HEAD has the same, without a body."""
    for area in applications.areas():
        async with api_client(area, container) as client:
            for route in sorted(route for route, owner in all_routes().items() if owner == area):
                method, _, path = route.partition(" ")
                if method != "GET":
                    continue
                where = re.sub(r"\{[^}]+\}", "none", path)
                got, asked = await client.get(where), await client.head(where)
                assert (asked.status_code, asked.content) == (got.status_code, b""), route
                assert asked.headers.get("content-type") == got.headers.get("content-type"), route
