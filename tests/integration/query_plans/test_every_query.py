"""Every query of every collection has its index: nothing is read whole, sorted in memory or skipped."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import common.adapters
import pytest
from pymongo import MongoClient

from infra.build.targets import ROOT
from tests.integration.query_plans import (
    bookings,
    catalogue,
    conversations,
    figures,
    matching,
    media,
    messages,
    money,
    people,
    platform,
    realtime,
    reports,
    seeds,
)
from tests.support.containers import make_container
from tests.support.query_plans import Explained, Recorder, unused_indexes
from tests.support.watched import WatchedMongo

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from tests.integration.query_plans.calls import Calls

#: The erasure of a person is among the last.
TABLES: tuple[Calls, ...] = (
    platform.CALLS,
    catalogue.CALLS,
    bookings.CALLS,
    money.CALLS,
    messages.CALLS,
    media.CALLS,
    conversations.CALLS,
    matching.CALLS,
    realtime.CALLS,
    reports.CALLS,
    figures.CALLS,
    people.CALLS,
)
#: Methods without a line, and why.
NOT_CALLED = {
    **dict.fromkeys(
        ("Mongo.close", "Mongo.in_transaction", "Mongo.ping", "Mongo.warm_up"), "the connection, which sends no query"
    ),
    **{
        f"MongoOwnTimes.{each}": "called of its two kinds, blocks and manual bookings"
        for each in ("insert", "save", "get", "list_by_provider", "delete")
    },
}
#: What is known to be slower with more documents, and why it may stay.
KNOWN = {
    ("MongoBookingCounts.reset", "reads the whole collection"): "a rebuild forgets all thirty days of it",
    ("MongoPersonalExport.collect", "sorts in memory"): "ten browsers and ten identities at most",
    ("MongoPersonalExport.collect", "reads without an end"): "by batches, until an answer is full",
    ("MongoBookingCounts.advance", "reads without an end"): "an hour's bookings, of an index alone",
    ("MongoBookingCounts.sum_by_category", "reads without an end"): "a document a day of each tile around a point",
    ("MongoPopularity.count_by_category", "reads without an end"): "a document a day of each tile around a point",
    ("MongoBookings.list_claims", "reads without an end"): "what the days around one slot hold",
    ("MongoBookings.commit", "reads without an end"): "claims of one provider's week, to be counted",
    ("MongoSlotLimits.reached", "reads without an end"): "claims of one provider's week, to be counted",
    ("MongoBookingStatistics.sum_earned", "reads without an end"): "bookings of a release before their figures",
    ("MongoServices.get_with_provider", "joins collections"): "one service and its provider, both by id",
    ("MongoTrackRecord.jobs_done", "joins collections"): "a few jobs of each of a few dozen providers, by an index",
    ("MongoConnections.get", "joins collections"): "a connection and its sign-in, both by id",
    ("MongoConnections.list_by_users", "joins collections"): "a few connections and their sign-ins, these by id",
    ("MongoJobOffers.get_with_request", "joins collections"): "one offer and its request, both by id",
    ("MongoFacts.count", "walks the whole index _id_"): "ids begin with their instant: the rows of one day alone",
    ("MongoFacts.list", "walks the whole index _id_"): "ids begin with their instant: the rows of a week at most",
    ("MongoMetrics.list", "walks the whole index _id_"): "five documents a day of those that are asked for",
    ("MongoFacts.count", "joins collections"): "of what happened to reports on a day, their reports, by id",
    ("MongoFacts.list", "joins collections"): "of what happened to reports, until a page is full, their reports, by id",
    ("MongoOffers.get", "joins collections"): "a service, its provider and four days of claims, by their indexes",
}
#: Indexes that no query chooses, and why they are there.
KEPT = {
    ("outbox", "unpublished"): "the release before finds what waits by it",
    ("provider_listings", "provider"): "the rebuild of listings groups by it",
    ("push_messages", "user_newest"): "developers read what would have been sent to somebody",
}

#: Of the driver: what chooses a plan.
_COMMANDS = frozenset(
    {
        *("find", "find_one", "find_one_and_update", "find_one_and_delete", "find_one_and_replace", "bulk_write"),
        *("update_one", "update_many", "replace_one", "delete_one", "delete_many"),
        *("aggregate", "count_documents", "distinct"),
    }
)
#: What stands in a file that pages by reading what it passes over, or counts; parsing all of them takes long.
_ENDLESS = ("skip(", "$skip", "estimated_document_count", "count_documents")
_ROOT = Path(common.adapters.__path__[0])


@pytest.fixture(scope="module")
async def plans(mongodb_uri: str, migrated_database: str) -> AsyncIterator[list[Explained]]:
    """The plans of every command that the calls send."""
    recorder = Recorder()
    mongo = WatchedMongo(mongodb_uri, migrated_database, recorder)
    container = make_container(mongodb_uri, migrated_database, mongo=mongo)
    explained: list[Explained] = []
    try:
        with MongoClient[dict[str, Any]](mongodb_uri) as client:
            database = client[migrated_database]
            seeds.store(database)
            for name, call in (pair for table in TABLES for pair in table.items()):
                recorder.call = name
                await call(container)
                explained += recorder.explain(database)
        yield explained
    finally:
        await container.close()


def test_every_method_of_a_repository_is_called() -> None:
    called = {name.partition(":")[0] for table in TABLES for name in table}
    methods = set(_methods())
    assert sorted(methods - called - set(NOT_CALLED)) == [], "give each a line in its context's table"
    assert sorted(each for each in (called | set(NOT_CALLED)) - methods if each.startswith("Mongo")) == []


def test_every_function_that_sends_a_command_has_sent_one(plans: list[Explained]) -> None:
    seen = frozenset[str]().union(*(plan.sent.senders for plan in plans))
    assert sorted(set(_senders()) - seen) == [], "call it so that it sends all of its commands"


def test_every_query_runs_on_an_index(plans: list[Explained]) -> None:
    found = {(plan.sent.method, each): plan.sent.command for plan in plans for each in plan.complaints()}
    assert {key: command for key, command in found.items() if key not in KNOWN} == {}
    assert set(KNOWN) - set(found) == set(), "known no more: take it off the list"


def test_every_index_serves_a_query(plans: list[Explained], mongodb_uri: str, migrated_database: str) -> None:
    with MongoClient[dict[str, Any]](mongodb_uri) as client:
        unused = unused_indexes(client[migrated_database], plans)
    assert {(collection, name) for collection, names in unused.items() for name in names} == set(KEPT)


def test_nothing_else_skips_or_counts_without_an_end() -> None:
    """Use cases and functions have no commands of their own; what operators run has some."""
    files = [file for folder in ("layers", "functions", "infra/ops") for file in (ROOT / folder).rglob("*.py")]
    texts = {file.relative_to(ROOT): file.read_text() for file in files if file.parent.name != "versions"}
    suspect = {file: text for file, text in texts.items() if any(word in text for word in _ENDLESS)}
    assert {f"{file}:{line}" for file, text in suspect.items() for line in _endless(ast.parse(text))} == set()


def _endless(tree: ast.AST) -> Iterator[int]:
    """Lines that page by reading what they pass over, or count without a limit."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and node.value == "$skip":
            yield node.lineno
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            name, is_limited = node.func.attr, any(each.arg == "limit" for each in node.keywords)
            if name in {"skip", "estimated_document_count"} or (name == "count_documents" and not is_limited):
                yield node.lineno


def _methods() -> Iterator[str]:
    """Public asynchronous methods of every class over MongoDB, as ``Class.method``."""
    for module in pkgutil.walk_packages(common.adapters.__path__, "common.adapters."):
        for name, kind in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            if name.startswith("Mongo") and kind.__module__ == module.name:
                yield from (f"{name}.{each}" for each in _asynchronous(kind))


def _asynchronous(kind: type) -> Iterator[str]:
    """Names of a class's own and inherited public methods that do something later."""
    for name, method in inspect.getmembers(kind, inspect.isfunction):
        plain = inspect.unwrap(method)
        if not name.startswith("_") and (inspect.iscoroutinefunction(plain) or inspect.isasyncgenfunction(plain)):
            yield name


def _senders() -> Iterator[str]:
    """Functions of the adapters in which a command is written that chooses a plan, as a recorder names them."""
    for file in sorted(_ROOT.rglob("*.py")):
        tree = ast.parse(file.read_text())
        if "pymongo" in file.read_text() or "mongo" in file.read_text():
            yield from (f"{file.relative_to(_ROOT)}:{name}" for name in _functions(tree, ""))


def _functions(parent: ast.AST, prefix: str) -> Iterator[str]:
    for node in ast.iter_child_nodes(parent):
        if isinstance(node, ast.ClassDef):
            yield from _functions(node, f"{prefix}{node.name}.")
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            name = f"{prefix}{node.name}"
            if _writes_command(node):
                yield name
            yield from _functions(node, f"{name}.<locals>.")


def _writes_command(function: ast.AST) -> bool:
    """Whether a command stands in the function itself, not in one inside of it."""
    for node in ast.iter_child_nodes(function):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _COMMANDS:
            return True
        if _writes_command(node):
            return True
    return False
