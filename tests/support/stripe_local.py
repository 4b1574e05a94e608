"""A running local Stripe for tests, one for each test process, emptied before each test.

A package's `conftest.py` takes it with `from tests.support.stripe_local import stripe_local, stripe_server`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest_asyncio

from stripe_local.testing import RunningStripe, close_clients, make_client, running_stripe
from stripe_local.testing.pytest_plugin import stripe_local

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

__all__ = ["close_clients", "make_client", "stripe_local", "stripe_server"]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def stripe_server() -> AsyncIterator[RunningStripe]:
    """The process's local Stripe."""
    async with running_stripe() as running:
        yield running
