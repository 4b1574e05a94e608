"""The people of the crowd: for each booking a customer and a provider of their own, both signed in."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from typing import TYPE_CHECKING

from common.application.identity.sessions import open_session
from common.domain.identity.clients import ClientInfo
from common.domain.identity.roles import Role
from common.domain.identity.users import ProviderStatus
from common.domain.shared.ids import new_id

from infra.bench.world import double, store
from infra.ops.container import operating

if TYPE_CHECKING:
    from common.domain.identity.users import Address
    from common.runtime.container.bootstrap import Container

    from infra.bench.world import World

_STEP_MINUTES = 15
#: About a kilometre and a half.
_SPREAD_DEGREES = 0.015
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Pair:
    """Who books and who works.

    Attributes:
        number: Tells them apart; also their addresses on the net.
        customer_token: The customer's refresh token.
        provider_token: The provider's access token.
        service_id: What is booked.
        lat: Where the provider is.
        lng: Where the provider is.
    """

    number: int
    customer_token: str
    provider_token: str
    service_id: str
    lat: float
    lng: float


async def make_pairs(world: World, number: int) -> list[Pair]:
    """Store so many customers and providers with a service each, listed and signed in.

    Args:
        world: Whose people they are like.
        number: How many of each.
    """
    async with operating(world.environment) as container:
        return [await _pair(container, world, next(_numbers)) for _ in range(number)]


async def _pair(container: Container, world: World, number: int) -> Pair:
    now = datetime.now(UTC).replace(microsecond=0)
    provider_id, service_id = new_id("prv", now), new_id("svc", now)
    lat, lng = _place_of(number, world.provider.address)
    customer = double(world.user)
    working = {"roles": [Role.USER, Role.PROVIDER], "provider_id": provider_id}
    owner = double(world.user).model_copy(update={**working, "provider_status": ProviderStatus.APPROVED})
    hours = world.provider.availability
    availability = hours and hours.model_copy(update={"slot_step_minutes": _STEP_MINUTES})
    address = world.provider.address.model_copy(update={"lat": lat, "lng": lng})
    shown = {"id": provider_id, "user_id": owner.id, "address": address, "availability": availability}
    provider = world.provider.model_copy(update=shown)
    service = world.service.model_copy(update={"id": service_id, "provider_id": provider_id})
    await store(container, "users", customer, owner)
    await store(container, "providers", provider)
    await store(container, "services", service)
    await container.listings.refresh_provider(provider_id)
    tokens = [
        await open_session(container.auth, user, ClientInfo("10.9.8.7", "bench"), "password")
        for user in (customer, owner)
    ]
    return Pair(number, tokens[0].refresh_token, tokens[1].access_token, service_id, lat, lng)


def _place_of(number: int, home: Address) -> tuple[float, float]:
    """Some streets from a place, the same for the same number."""
    random = Random(number)  # noqa: S311 - made-up points need no secrecy
    return (home.lat or 0) + random.gauss(0, _SPREAD_DEGREES), (home.lng or 0) + random.gauss(0, _SPREAD_DEGREES)
