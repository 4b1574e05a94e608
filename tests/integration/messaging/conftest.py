from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.fakes.payment_gateway import FakePaymentGateway
from tests.support.booking_world import BookingWorld
from tests.support.http import api_client
from tests.support.identity import sign_in

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import httpx
    from common.runtime.container.bootstrap import Container

    from tests.fakes.clock import FakeClock


@pytest.fixture
async def world(container: Container, clock: FakeClock) -> BookingWorld:
    """A provider with one service, and a customer."""
    container.replace(gateway=FakePaymentGateway(now=clock.now()))
    return await BookingWorld(container).open()


@pytest.fixture
async def customer(world: BookingWorld) -> dict[str, str]:
    return await sign_in(world.container, world.customer)


@pytest.fixture
async def provider(world: BookingWorld) -> dict[str, str]:
    return await sign_in(world.container, world.provider_user)


@pytest.fixture
async def client(world: BookingWorld) -> AsyncIterator[httpx.AsyncClient]:
    """The routes of conversations."""
    async with api_client("messaging", world.container) as client:
        yield client
