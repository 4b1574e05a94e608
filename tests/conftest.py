"""Fixtures every test may use: the run's MongoDB and databases of one's own in it."""

from __future__ import annotations

import asyncio
import os
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings as hypothesis_settings
from pymongo import MongoClient

from tests import mongodb

if TYPE_CHECKING:
    from collections.abc import Iterator

pytest_plugins = ["tests.support.fixtures"]

#: Property tests take the same few examples here and many random ones at night (``HYPOTHESIS_PROFILE=nightly``); no
#: deadline, since a shared machine's pauses are no failures.
hypothesis_settings.register_profile("default", max_examples=60, deadline=None, derandomize=True)
hypothesis_settings.register_profile("nightly", max_examples=2_000, deadline=None)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

SERVER = pytest.StashKey[mongodb.ThrowawayMongod]()
LOOP = pytest.StashKey[asyncio.AbstractEventLoop]()

#: Tests of these folders run nothing that coverage measures, or run it in processes of its own: they need no tracer.
UNMEASURED = ("tests/e2e", "tests/contract", "tests/unit/infra", "tests/integration/infra")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Trace the tests alone that coverage can learn something from: tracing makes Python half as slow again."""
    folders = [config.rootpath / folder for folder in UNMEASURED]
    for item in items:
        if any(item.path.is_relative_to(folder) for folder in folders):
            item.add_marker(pytest.mark.no_cover)


def pytest_configure(config: pytest.Config) -> None:
    """Start the run's MongoDB in the controlling process, and give the main thread a loop that somebody closes.

    Asking for the current loop makes one where there is none; nobody would own that one, and it would be collected
    unclosed in whatever test then puts another loop in its place.
    """
    config.stash[LOOP] = asyncio.new_event_loop()
    asyncio.set_event_loop(config.stash[LOOP])
    if mongodb.is_wanted(config):
        config.stash[SERVER] = mongodb.ThrowawayMongod()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop it, and close the loop."""
    config.stash[LOOP].close()
    server = config.stash.get(SERVER, None)
    if server is not None:
        server.stop()


@pytest.fixture(scope="session")
def mongodb_uri() -> str:
    """Connection string of a ready replica set shared by the whole run."""
    return mongodb.shared_uri()


@pytest.fixture(scope="module")
def module_database_name(mongodb_uri: str) -> Iterator[str]:
    """Name of a database for one test module; dropped after it."""
    yield from _named_database(mongodb_uri)


@pytest.fixture
def database_name(mongodb_uri: str) -> Iterator[str]:
    """Name of a database for one test; dropped after it."""
    yield from _named_database(mongodb_uri)


def _named_database(uri: str) -> Iterator[str]:
    """Hand out a fresh name and drop the database afterwards."""
    name = f"test_{uuid.uuid4().hex[:16]}"
    yield name
    with MongoClient[dict[str, Any]](uri) as client:
        client.drop_database(name)
