"""Fixtures of tests that work on a migrated database."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.fakes.clock import FakeClock
from tests.fakes.publisher import CollectingPublisher
from tests.support.containers import make_container
from tests.support.databases import MigratedDatabases

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from common.runtime.container.bootstrap import Container


@pytest.fixture(scope="session")
def migrated_databases(mongodb_uri: str) -> Iterator[MigratedDatabases]:
    """The migrated databases of this test process."""
    with MigratedDatabases(mongodb_uri) as databases:
        yield databases


@pytest.fixture(scope="module")
def migrated_database(migrated_databases: MigratedDatabases) -> Iterator[str]:
    """Name of the module's database, with every index; its tests share its rows, so they use ids of their own."""
    name = migrated_databases.take()
    yield name
    migrated_databases.give_back(name)


@pytest.fixture
def own_database(migrated_databases: MigratedDatabases) -> Iterator[str]:
    """Name of a migrated database for one test alone, or for another deployment beside the module's."""
    name = migrated_databases.take()
    yield name
    migrated_databases.give_back(name)


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
