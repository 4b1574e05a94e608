"""Fixtures for pytest: `pytest_plugins = ["stripe_local.testing.pytest_plugin"]` in the topmost conftest.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stripe_local.testing import RunningStripe, Settings, running_stripe

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def stripe_settings() -> Settings:
    """What the platform's account is set to; define a fixture of this name to change it."""
    return Settings()


@pytest.fixture(scope="session")
def stripe_server(stripe_settings: Settings) -> Iterator[RunningStripe]:
    """One stripe-local for the test process."""
    with running_stripe(settings=stripe_settings) as running:
        yield running


@pytest.fixture
def stripe_local(stripe_server: RunningStripe) -> RunningStripe:
    """The process's stripe-local with nothing in it: no objects, faults or endpoints, the first settings and time."""
    stripe_server.sync_control.reset(keep_webhook_endpoints=False)
    return stripe_server
