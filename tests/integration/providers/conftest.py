"""A signed-in provider with a client of the function's routes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from common.domain.identity.roles import Role

from tests.factories.providers import make_provider
from tests.factories.users import make_user
from tests.support import api_client, sign_in

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import httpx
    from common.domain.catalogue.providers import Provider
    from common.runtime.container.bootstrap import Container


@dataclass(frozen=True)
class SignedIn:
    """A provider and the header fields of its sign-in."""

    provider: Provider
    headers: dict[str, str]


@pytest.fixture
async def client(container: Container) -> AsyncIterator[httpx.AsyncClient]:
    async with api_client("providers", container) as made:
        yield made


@pytest.fixture
async def owner(container: Container) -> SignedIn:
    """A stored, signed-in provider of its own for each test."""
    return await store_owner(container)


async def store_owner(container: Container, **fields: object) -> SignedIn:
    """Store a provider with its account and sign it in."""
    provider = make_provider(**fields)
    await container.providers.insert(provider)
    user = make_user(id=provider.user_id, roles=[Role.USER, Role.PROVIDER], provider_id=provider.id)
    return SignedIn(provider, await sign_in(container, user))
