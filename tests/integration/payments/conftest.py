from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from common.adapters.stripe.client import close_stripe_client, make_stripe_client

from infra.stripe_local.testing import SECRET_KEY, RunningStripe, running_stripe
from tests.fakes.clock import FakeClock
from tests.fakes.payment_gateway import FakePaymentGateway
from tests.support.containers import make_container
from tests.support.money import MoneyBench

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import stripe
    from common.runtime.bootstrap import Container

    from tests.fakes.publisher import CollectingPublisher


@pytest.fixture(scope="module")
async def stripe_server() -> AsyncIterator[RunningStripe]:
    """A local Stripe of the module's own."""
    async with running_stripe() as server:
        yield server


@pytest.fixture(scope="module")
async def stripe_client(stripe_server: RunningStripe) -> AsyncIterator[stripe.StripeClient]:
    """The product's client, without the SDK's own repetitions."""
    client = make_stripe_client(SECRET_KEY, api_base=stripe_server.url, answer_timeout=5, retries=0)
    yield client
    await close_stripe_client(client)


@pytest.fixture
def gateway(clock: FakeClock) -> FakePaymentGateway:
    """Stripe in memory, on the test's clock."""
    return FakePaymentGateway(now=clock.now())


@pytest.fixture
async def bench(container: Container, gateway: FakePaymentGateway) -> MoneyBench:
    """People and a service over the fake gateway."""
    container.replace(gateway=gateway)
    return await MoneyBench(container).prepare()


@pytest.fixture
async def real_bench(
    mongodb_uri: str,
    migrated_database: str,
    stripe_server: RunningStripe,
    stripe_client: stripe.StripeClient,
    publisher: CollectingPublisher,
) -> AsyncIterator[MoneyBench]:
    """People and a service over the local Stripe, on the machine's time."""
    account = await stripe_client.v1.accounts.create_async(
        {"type": "express", "country": "NZ", "capabilities": {"transfers": {"requested": True}}}
    )
    await stripe_server.control.onboard(account.id)
    clock = FakeClock(datetime.now(UTC).replace(microsecond=0))
    made = make_container(mongodb_uri, migrated_database, clock=clock, publisher=publisher, stripe=stripe_client)
    yield await MoneyBench(made, account.id).prepare()
    await made.close()
