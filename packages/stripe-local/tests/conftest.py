"""Clients of stripe-local, or, for the contract, of Stripe itself."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from stripe_local.testing import SECRET_KEY, RunningStripe, close_clients, make_client, running_stripe
from stripe_local.testing.pytest_plugin import stripe_local, stripe_server, stripe_settings
from support.contract import Contract

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from stripe._v1_services import V1Services

pytest_plugins = ["pytester"]

__all__ = ["stripe_local", "stripe_server", "stripe_settings"]


@pytest_asyncio.fixture(scope="session", loop_scope="session", autouse=True)
async def closed_clients() -> AsyncIterator[None]:
    """Nothing is left open at the end."""
    yield
    await close_clients()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def contract() -> AsyncIterator[Contract]:
    """Stripe's test mode when `STRIPE_SECRET_KEY` names a key for it, stripe-local otherwise."""
    key = os.environ.get("STRIPE_SECRET_KEY")
    if key:
        yield Contract(make_client(None, key, retries=2), None)
    else:
        async with running_stripe() as running:
            yield Contract(make_client(running.url, SECRET_KEY), running.url)


@pytest.fixture
def api(stripe_local: RunningStripe) -> V1Services:
    """The services of an empty stripe-local."""
    return make_client(stripe_local.url).v1
