"""One network address may have only so many addresses looked up, by whatever door, and search only so often."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.factories.users import make_user
from tests.integration.search.conftest import store_provider, store_service
from tests.support import api_client, sign_in
from tests.support.containers import make_container, make_settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import httpx
    from common.runtime.container.bootstrap import Container

LOOKUPS, SEARCHES = 3, 8
ADDRESS = "1 Queen Street, Auckland"


@pytest.fixture
async def limited(mongodb_uri: str, migrated_database: str) -> AsyncIterator[Container]:
    """A container with low limits, none of which is used up."""
    counts = {"LOOKUPS_PER_MINUTE": str(LOOKUPS), "SEARCHES_PER_MINUTE": str(SEARCHES)}
    settings = make_settings(mongodb_uri, migrated_database, **counts)
    container = make_container(mongodb_uri, migrated_database, settings=settings)
    await container.mongo.collection("rate_limits").delete_many({})
    yield container
    await container.close()


async def _statuses(client: httpx.AsyncClient, method: str, path: str, times: int, **sent: Any) -> list[int]:
    return [(await client.request(method, path, **sent)).status_code for _ in range(times)]


@pytest.mark.parametrize("path", ["/v1/search/services", "/v1/search/providers"])
async def test_searches_by_address_share_the_limit_of_look_ups(limited: Container, path: str) -> None:
    async with api_client("search", limited) as client:
        first = await _statuses(client, "GET", "/v1/geo/geocode", 1, params={"q": ADDRESS})
        then = await _statuses(client, "GET", path, LOOKUPS, params={"address": ADDRESS})
        by_point = await _statuses(client, "GET", path, 1, params={"lat": -36.8, "lng": 174.8})
    assert first + then == [200] * LOOKUPS + [429]
    assert by_point == [200]


async def test_searching_itself_is_limited(limited: Container) -> None:
    async with api_client("search", limited) as client:
        half = await _statuses(client, "GET", "/v1/search/services", SEARCHES // 2)
        other = await _statuses(client, "GET", "/v1/search/suggest", SEARCHES // 2 + 1, params={"q": "plum"})
    assert half + other == [200] * SEARCHES + [429]


async def test_every_other_door_that_looks_an_address_up_shares_the_limit(limited: Container) -> None:
    provider = await store_provider(limited, -36.9, 174.8)
    service = await store_service(limited, provider)
    booking = {"service_id": service.id, "start_at": "2030-01-01T00:00:00Z", "address": ADDRESS}
    customer = {"full_name": "Guest", "email": "guest@example.com"}
    profile = {"full_name": "Tom Fisher", "phone_number": "027 987 6543", "address": ADDRESS}
    headers = await sign_in(limited, make_user())
    doors: list[tuple[str, str, str, dict[str, Any]]] = [
        ("bookings", "POST", "/v1/bookings", booking),
        ("bookings", "POST", "/v1/booking-intents", {**booking, "customer": customer}),
        ("auth", "POST", "/v1/onboarding/profile", profile),
        ("auth", "POST", "/v1/onboarding/provider", {**profile, "trading_name": "Fisher"}),
        ("auth", "PATCH", "/v1/users/me", {"address": ADDRESS}),
    ]
    async with api_client("search", limited) as client:
        await _statuses(client, "GET", "/v1/geo/geocode", LOOKUPS, params={"q": ADDRESS})
    for function, method, path, body in doors:
        async with api_client(function, limited) as client:
            assert await _statuses(client, method, path, 1, json=body, headers=headers) == [429], path
    async with api_client("auth", limited) as client:
        assert await _statuses(client, "PATCH", "/v1/users/me", 1, json={"full_name": "Ann"}, headers=headers) == [200]
