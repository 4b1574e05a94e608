"""A running local Stripe for tests, one for each test process, emptied before each test.

A package's `conftest.py` takes it with `from tests.support.stripe_local import stripe_local, stripe_server`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest_asyncio
import stripe

from stripe_local.testing import SECRET_KEY, RunningStripe, running_stripe

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


_OPEN: list[stripe.HTTPXClient] = []


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def stripe_server() -> AsyncIterator[RunningStripe]:
    """The process's local Stripe."""
    async with running_stripe() as running:
        yield running
        await close_clients()


@pytest_asyncio.fixture(loop_scope="session")
async def stripe_local(stripe_server: RunningStripe) -> RunningStripe:
    """The process's local Stripe, with nothing in it."""
    await stripe_server.control.reset(keep_webhook_endpoints=False)
    return stripe_server


def make_client(url: str | None, key: str = SECRET_KEY, *, retries: int = 0) -> stripe.StripeClient:
    """Stripe's own asynchronous client, speaking to a local Stripe or, without a URL, to Stripe itself."""
    transport = stripe.HTTPXClient()
    _OPEN.append(transport)
    return stripe.StripeClient(key, base_addresses={"api": url}, http_client=transport, max_network_retries=retries)


async def close_clients() -> None:
    """Close the connections of every client made here."""
    while _OPEN:
        await _OPEN.pop().close_async()  # type: ignore[no-untyped-call]
