"""A small marketplace around Auckland with a client of the search function."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.factories.providers import make_provider, make_service
from tests.support import api_client

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import httpx
    from common.domain.catalogue.providers import Provider
    from common.domain.catalogue.services import Service
    from common.runtime.container.bootstrap import Container


@pytest.fixture
async def client(container: Container) -> AsyncIterator[httpx.AsyncClient]:
    async with api_client("search", container) as made:
        yield made


async def store_provider(container: Container, lat: float, lng: float, **fields: Any) -> Provider:
    """Store a listed provider at a point."""
    address = {"text": "somewhere", "lat": lat, "lng": lng, "is_located": True}
    provider = make_provider(**{"address": address, "active_service_limit": None, **fields})
    assert await container.providers.insert(provider)
    return provider


async def store_service(container: Container, provider: Provider, **fields: Any) -> Service:
    """Store an active service of a provider."""
    service = make_service(provider, **fields)
    await container.services.insert(service)
    return service


async def search(client: httpx.AsyncClient, kind: str = "services", **query: Any) -> dict[str, Any]:
    """The first page of a search."""
    response = await client.get(f"/v1/search/{kind}", params=query)
    assert response.status_code == 200, response.text
    return dict(response.json())


async def search_all(client: httpx.AsyncClient, kind: str = "services", **query: Any) -> list[dict[str, Any]]:
    """Every page of a search."""
    items: list[dict[str, Any]] = []
    page = await search(client, kind, **query)
    items += page["items"]
    while page["next_cursor"] is not None:
        page = await search(client, kind, cursor=page["next_cursor"], **query)
        items += page["items"]
    return items
