"""Clients of the local Stripe, or, for the contract, of Stripe itself."""

from __future__ import annotations

import os
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest_asyncio

from stripe_local.testing import SECRET_KEY, RunningStripe, running_stripe
from support.clients import close_clients, make_client, stripe_local, stripe_server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import stripe
    from stripe._v1_services import V1Services

__all__ = ["stripe_local", "stripe_server"]


@dataclass(frozen=True)
class Contract:
    """What the contract is checked against.

    Args:
        client: Stripe's client.
        base_url: The local Stripe; None for Stripe itself.
    """

    client: stripe.StripeClient
    base_url: str | None

    @property
    def api(self) -> V1Services:
        """The services of the API's first version."""
        return self.client.v1

    def with_key(self, key: str) -> V1Services:
        """The services, for another key."""
        return make_client(self.base_url, key).v1

    @staticmethod
    def unique(prefix: str) -> str:
        """A name nothing else has."""
        return f"{prefix}-{uuid.uuid4().hex[:16]}"


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def contract() -> AsyncIterator[Contract]:
    """Stripe's test mode when `STRIPE_SECRET_KEY` names a key for it, the local Stripe otherwise."""
    key = os.environ.get("STRIPE_SECRET_KEY")
    if key:
        yield Contract(make_client(None, key, retries=2), None)
    else:
        async with running_stripe() as running:
            yield Contract(make_client(running.url, SECRET_KEY), running.url)
            await close_clients()


@pytest_asyncio.fixture(loop_scope="session")
async def api(stripe_local: RunningStripe) -> V1Services:
    """The services of an empty local Stripe."""
    return make_client(stripe_local.url).v1
