"""Fixtures every test may use: the run's MongoDB and databases of one's own in it."""

from __future__ import annotations

import asyncio
import gc
import os
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from coverage import Coverage
from hypothesis import settings as hypothesis_settings
from pymongo import MongoClient

from tests import mongodb

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from pathlib import Path

pytest_plugins = ["tests.support.fixtures"]

#: Property tests take the same few examples here and many random ones at night (``HYPOTHESIS_PROFILE=nightly``); no
#: deadline, since a shared machine's pauses are no failures.
hypothesis_settings.register_profile("default", max_examples=60, deadline=None, derandomize=True)
hypothesis_settings.register_profile("nightly", max_examples=2_000, deadline=None)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

SERVER = pytest.StashKey[mongodb.ThrowawayMongod]()
LOOP = pytest.StashKey[asyncio.AbstractEventLoop]()

#: How many objects more than before are made until the garbage collector looks for circles among them.
NEW_OBJECTS = 20_000

#: Coverage is asked of domain, application and stripe-local. These tests run other code, run it in processes of their
#: own, or run again, many times, what cheaper tests of the same area cover: they need no tracer.
UNTRACED = (
    "tests/e2e", "tests/contract", "tests/unit/infra", "tests/integration/access", "tests/integration/fuzz",
    "tests/integration/infra", "tests/integration/query_plans", "tests/integration/races",
    "tests/integration/auth/test_bad_input.py", "tests/integration/auth/test_constant_work.py",
    "tests/integration/auth/test_round_trips.py", "tests/integration/bookings/test_bad_input.py",
    "tests/integration/bookings/test_killed_processes.py", "tests/integration/bookings/test_limit_races.py",
    "tests/integration/bookings/test_lives.py", "tests/integration/bookings/test_query_plans.py",
    "tests/integration/bookings/test_repository_races.py", "tests/integration/bookings/test_round_trips.py",
    "tests/integration/bookings/test_stateful.py", "tests/integration/bookings/test_use_case_races.py",
    "tests/integration/bookings/test_http.py::test_two_hundred_attempts_on_one_slot_through_http",
    "tests/integration/bookings/test_sweep.py::test_memory_does_not_grow_with_what_is_due",
    "tests/integration/matching/test_offer_races.py", "tests/integration/messaging/test_lossless.py",
    "tests/integration/messaging/test_round_trips.py", "tests/integration/payments/test_bad_input.py",
    "tests/integration/payments/test_exactly_once.py", "tests/integration/payments/test_fault_injection.py",
    "tests/integration/payments/test_plan_lives.py", "tests/integration/payments/test_query_plans.py",
    "tests/integration/payments/test_reconciliation_progress.py",
    "tests/integration/runtime/test_deadlines.py", "tests/integration/runtime/test_snapshot.py",
    "tests/integration/search/test_booking_counts.py", "tests/integration/search/test_query_plans.py",
    "tests/integration/webhooks/test_all_orders.py", "tests/unit/domain/bookings/test_booking_walk.py",
)  # fmt: skip
#: Folders whose tests share a cloud.
WHOLE = ("tests/e2e", "tests/browser")
#: These take longest, and so begin first: else one process would end long after the others.
LONGEST = (
    "tests/e2e", "tests/integration/bookings/test_use_case_races.py", "tests/unit/domain/bookings/test_booking_walk.py",
    "tests/integration/runtime/test_deadlines.py",
    "tests/contract", "tests/unit/infra/deploy", "tests/integration/fuzz", "tests/integration/races",
    "tests/integration/webhooks", "tests/integration/payments", "tests/integration/bookings", "tests/e2e/test_demo.py",
)  # fmt: skip


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the tests of a module in one process, so that what they share is made once; xdist reads the groups later."""
    for item in items:
        item.add_marker(pytest.mark.xdist_group(_group(item, item.path.relative_to(config.rootpath))))
    items.sort(key=lambda item: _rank(item.path.relative_to(config.rootpath)))


def _group(item: pytest.Item, path: Path) -> str:
    """What a test shares with others: a cloud, Amazon's services, or what its module makes."""
    if "amazon" in getattr(item, "fixturenames", ()):
        return "amazon"
    own = str(path.with_suffix(""))
    if "unused_cloud" in getattr(item, "fixturenames", ()):
        return own
    return next((each for each in WHOLE if path.is_relative_to(each)), own)


def _rank(path: Path) -> int:
    """Where a test stands among the longest, by the closest name of them, or behind them all.

    The demonstration comes last of them: its cloud would start while two others do.
    """
    named = [(len(each), number) for number, each in enumerate(LONGEST) if path.is_relative_to(each)]
    return max(named)[1] if named else len(LONGEST)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Trace the tests alone that coverage can learn something from: tracing makes Python half as slow again."""
    tracer = Coverage.current() if _is_untraced(item) else None
    if tracer is None:
        return (yield)
    tracer.stop()
    try:
        return (yield)
    finally:
        tracer.start()


def _is_untraced(item: pytest.Item) -> bool:
    """Whether nothing is lost where a test, and what sets it up, runs without the tracer."""
    return item.nodeid.startswith(UNTRACED)


def pytest_collection_finish() -> None:
    """Leave what collecting made out of the garbage collector's rounds, and let it make fewer, as functions do."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS)


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
