"""Fixtures of tests that work on a migrated database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
import pytest
from common.adapters.mongo.shared.database import Mongo

from infra.local import ports
from infra.local.ministack import server as ministack
from tests.fakes.clock import FakeClock
from tests.fakes.payment_gateway import FakePaymentGateway
from tests.fakes.publisher import CollectingPublisher
from tests.support.containers import PATIENT, LentMongo, make_container
from tests.support.databases import MigratedDatabases
from tests.support.watched import Commands, WatchedMongo

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


@pytest.fixture(scope="session")
def amazon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ministack.Ministack]:
    """Amazon's services of this test process; its tests share them, so they use names of their own."""
    started = ministack.launch(tmp_path_factory.mktemp("amazon"), ports.free_port(), "http://127.0.0.1:1")
    started.wait_ready()
    yield started
    started.stop()


@pytest.fixture
def sqs(amazon: ministack.Ministack, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A client of Amazon's queues; the environment leads there too, as in a function."""
    for name, value in ministack.function_environment(amazon.url).items():
        monkeypatch.setenv(name, value)
    client = boto3.client("sqs")
    yield client
    client.close()


@pytest.fixture
def clock() -> FakeClock:
    """The test's clock; the container's too."""
    return FakeClock()


@pytest.fixture
def publisher() -> CollectingPublisher:
    """The test's queues; the container's too."""
    return CollectingPublisher()


@pytest.fixture(scope="session")
async def lender(mongodb_uri: str) -> AsyncIterator[Mongo]:
    """The client of this test process, for databases of any name."""
    made = Mongo(lambda: mongodb_uri, "admin", PATIENT)
    yield made
    await made.close()


@pytest.fixture
async def container(
    lender: Mongo, mongodb_uri: str, migrated_database: str, clock: FakeClock, publisher: CollectingPublisher
) -> AsyncIterator[Container]:
    """A container on the module's migrated database."""
    mongo = LentMongo(lender, migrated_database)
    made = make_container(mongodb_uri, migrated_database, mongo=mongo, clock=clock, publisher=publisher)
    yield made
    await made.close()


@pytest.fixture
async def emptied_container(
    lender: Mongo,
    mongodb_uri: str,
    migrated_databases: MigratedDatabases,
    migrated_database: str,
    clock: FakeClock,
    publisher: CollectingPublisher,
) -> AsyncIterator[Container]:
    """A container with Stripe in memory on the module's migrated database, empty at the start of each test."""
    gateway = FakePaymentGateway(now=clock.now())
    migrated_databases.restore(migrated_database)
    mongo = LentMongo(lender, migrated_database)
    made = make_container(
        mongodb_uri, migrated_database, mongo=mongo, clock=clock, publisher=publisher, gateway=gateway
    )
    yield made
    await made.close()


@pytest.fixture
def watched(mongodb_uri: str, migrated_database: str) -> WatchedMongo[Commands]:
    """A connection to the module's database whose commands are counted."""
    return WatchedMongo(mongodb_uri, migrated_database, Commands())


@pytest.fixture
async def watched_container(
    watched: WatchedMongo[Commands],
    mongodb_uri: str,
    migrated_database: str,
    clock: FakeClock,
    publisher: CollectingPublisher,
) -> AsyncIterator[Container]:
    """A container over the connection that is watched."""
    made = make_container(mongodb_uri, migrated_database, mongo=watched, clock=clock, publisher=publisher)
    yield made
    await made.close()
