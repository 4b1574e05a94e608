"""Fixtures of tests that work on a migrated database."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from infra.ops.migrations.runner import migrate
from tests.fakes.clock import FakeClock
from tests.fakes.publisher import CollectingPublisher
from tests.support.containers import make_container

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from common.runtime.container.bootstrap import Container


@pytest.fixture(scope="module")
def migrated_database(mongodb_uri: str, module_database_name: str) -> str:
    """Name of the module's database, with every index; its tests share its rows, so they use ids of their own."""
    migrate(mongodb_uri, module_database_name)
    return module_database_name


@pytest.fixture
def clock() -> FakeClock:
    """The test's clock; the container's too."""
    return FakeClock()


@pytest.fixture
def publisher() -> CollectingPublisher:
    """The test's queues; the container's too."""
    return CollectingPublisher()


@pytest.fixture
async def container(
    mongodb_uri: str, migrated_database: str, clock: FakeClock, publisher: CollectingPublisher
) -> AsyncIterator[Container]:
    """A container on the module's migrated database."""
    made = make_container(mongodb_uri, migrated_database, clock=clock, publisher=publisher)
    yield made
    await made.close()
