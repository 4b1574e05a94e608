"""Fixtures of the identity tests: a client of the function, and the mails it asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.fakes.payment_gateway import FakePaymentGateway
from tests.support.booking_world import BookingWorld
from tests.support.http import api_client
from tests.support.people import Identity

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from common.runtime.container.bootstrap import Container

    from tests.fakes.clock import FakeClock
    from tests.fakes.publisher import CollectingPublisher


@pytest.fixture
async def identity(container: Container, publisher: CollectingPublisher) -> AsyncIterator[Identity]:
    """The identity function's client and mail box."""
    await container.signing_keys.publish(
        container.token_issuer.keys[0].kid, container.token_issuer.keys[0].public_jwk(), container.clock.now()
    )
    async with api_client("auth", container) as client:
        yield Identity(client, container, publisher)


@pytest.fixture
async def world(container: Container, clock: FakeClock) -> BookingWorld:
    """A provider with a service, customers, and Stripe in memory."""
    container.replace(gateway=FakePaymentGateway(now=clock.now()))
    return await BookingWorld(container).open()
