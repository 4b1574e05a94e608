from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from common.adapters.stripe.client import close_stripe_client, make_stripe_client

from infra.stripe_local.testing import SECRET_KEY, RunningStripe, running_stripe

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import stripe


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
