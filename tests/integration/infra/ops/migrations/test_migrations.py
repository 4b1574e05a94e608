"""Migrations apply once, in order, by library and by command."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest
from pymongo import MongoClient

from infra.ops.migrations.runner import VERSIONS, migrate, status

if TYPE_CHECKING:
    from collections.abc import Iterator

STEPS = sorted(path.stem for path in VERSIONS.glob("[0-9]*.py"))


@pytest.fixture
def database(mongodb_uri: str, database_name: str) -> Iterator[Any]:
    with MongoClient[dict[str, Any]](mongodb_uri) as client:
        yield client[database_name]


def _indexes(database: Any) -> dict[str, set[str]]:
    return {
        name: set(database[name].index_information())
        for name in sorted(database.list_collection_names())
        if name != "migrations"
    }


def test_every_step_builds_on_one_other() -> None:
    """The library follows branches to their ends: of several steps it would wait for the first that it meets alone."""
    steps = [import_module(f"infra.ops.migrations.versions.{name}") for name in STEPS]
    assert {step.name: step.dependencies for step in steps if len(step.dependencies) > 1} == {}


def test_every_step_is_applied_once(mongodb_uri: str, database_name: str, database: Any) -> None:
    assert {name for name, applied_at in status(mongodb_uri, database_name) if applied_at is None} == set(STEPS)
    assert sorted(migrate(mongodb_uri, database_name)) == STEPS
    made = _indexes(database)
    assert migrate(mongodb_uri, database_name) == []
    assert _indexes(database) == made
    assert all(applied_at is not None for _, applied_at in status(mongodb_uri, database_name))


def test_a_step_that_died_half_way_can_be_applied_again(mongodb_uri: str, database_name: str, database: Any) -> None:
    migrate(mongodb_uri, database_name)
    made = _indexes(database)
    database["migrations"].delete_many({})
    assert sorted(migrate(mongodb_uri, database_name)) == STEPS
    assert _indexes(database) == made


def test_every_index_has_a_name_of_its_own_choice(mongodb_uri: str, database_name: str, database: Any) -> None:
    migrate(mongodb_uri, database_name)
    names = {name for each in _indexes(database).values() for name in each} - {"_id_"}
    assert [name for name in names if name.endswith(("_1", "_-1"))] == []


def test_the_sweep_is_given_the_forgotten_fees_and_nothing_that_it_could_not_end(
    mongodb_uri: str, database_name: str, database: Any
) -> None:
    migrate(mongodb_uri, database_name)
    cancelled = {"status": "cancelled", "payout": "none", "next_due_at": None, "cancelled_at": datetime.now(UTC)}
    kept = {"due_amount": 500, "captured_amount": 500, "is_payout_released": False}
    amounts = {"fee": {}, "given_back": {"refunded_amount": 500}, "taken_back": {"charged_back_amount": 500}}
    for name, fields in amounts.items():
        row = {"_id": name, "idempotency_key": name, **cancelled, "payment_details": {**kept, **fields}}
        database["bookings"].insert_one(row, bypass_document_validation=True)

    import_module("infra.ops.migrations.versions.0082_debts").upgrade(database)

    assert [row["_id"] for row in database["bookings"].find({"next_due_at": {"$ne": None}})] == ["fee"]


def _run(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    env = {"PATH": os.environ["PATH"], **environ}
    command = [sys.executable, "-m", "infra.ops", "migrate", *arguments]
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False)


def test_the_command_says_what_it_did_and_what_waits(mongodb_uri: str, database_name: str) -> None:
    environ = {"MONGODB_URI": mongodb_uri, "MONGODB_DATABASE": database_name}
    before, applied = _run("status", **environ), _run("up", **environ)
    assert before.stdout.count("waiting") == len(STEPS)
    assert applied.returncode == 0, applied.stderr
    assert all(f"applied {name}" in applied.stdout for name in STEPS)
    assert _run("up", **environ).stdout == "The database was up to date.\n"


def test_the_command_names_what_is_missing_and_shows_no_password() -> None:
    missing = _run("up")
    assert missing.returncode == 2
    assert "MONGODB_URI, MONGODB_DATABASE" in missing.stderr
    uri = "mongodb://user:hunter2@127.0.0.1:1/?serverSelectionTimeoutMS=100"
    unreachable = _run("up", MONGODB_URI=uri, MONGODB_DATABASE="x")
    assert unreachable.returncode == 1
    assert "hunter2" not in unreachable.stdout + unreachable.stderr
    assert "No database answers at 127.0.0.1:1" in unreachable.stderr


def test_a_category_that_joins_the_list_reaches_a_database_that_is_there(mongodb_uri: str, database_name: str) -> None:
    migrate(mongodb_uri, database_name)
    with MongoClient[dict[str, Any]](mongodb_uri) as client:
        categories, terms = client[database_name]["categories"], client[database_name]["search_terms"]
        before = list(categories.find().sort("_id"))
        categories.delete_one({"_id": "plumbing"})
        categories.update_one({"_id": "painting"}, {"$set": {"name": "An old name", "synonyms": []}})
        categories.insert_one({"_id": "left", "name": "Listed no longer", "parent": None, "path": ["left"],
                               "synonyms": [], "position": 999})  # fmt: skip
        terms.delete_one({"_id": "plumber"})
        assert migrate(mongodb_uri, database_name) == []
        assert list(categories.find({"_id": {"$ne": "left"}}).sort("_id")) == before
        assert categories.find_one({"_id": "left"}) is not None, "services may still be in it"
        assert terms.find_one({"_id": "plumber"}) is not None


def test_what_the_release_before_has_leased_is_due_at_the_leases_end(
    mongodb_uri: str, database_name: str, database: Any
) -> None:
    migrate(mongodb_uri, database_name)
    now = datetime.now(UTC).replace(microsecond=0)
    early, later = now - timedelta(minutes=5), now + timedelta(minutes=50)
    leases = {"leased": {"until": later}, "ended": {"until": early}, "free": None}
    database["bookings"].insert_many(
        [{"_id": name, "next_due_at": early, "lease": lease} for name, lease in leases.items()]
    )
    import_module("infra.ops.migrations.versions.0107_due_work").upgrade(database)
    due = {row["_id"]: row["next_due_at"].replace(tzinfo=UTC) for row in database["bookings"].find({})}
    assert due == {"leased": later, "ended": early, "free": early}
