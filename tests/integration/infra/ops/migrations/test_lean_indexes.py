"""Indexes that are replaced or dropped, on a database that has the earlier ones."""

from __future__ import annotations

import importlib
from typing import Any

from pymongo import MongoClient

from infra.ops.migrations.runner import migrate

STEP = importlib.import_module("infra.ops.migrations.versions.0114_lean_indexes")


def _found(db: Any) -> set[tuple[str, str]]:
    return {(name, index) for name in {*STEP.INDEXES, *STEP.REPLACED} for index in db[name].index_information()}


def _named(models: Any) -> set[tuple[str, str]]:
    return {(name, each.document["name"]) for name, several in models.items() for each in several}


def test_new_indexes_take_the_place_of_old_ones_and_inboxes_are_kept_for_ninety_days(
    mongodb_uri: str, database_name: str
) -> None:
    migrate(mongodb_uri, database_name)
    with MongoClient[dict[str, Any]](mongodb_uri) as client:
        db = client[database_name]
        STEP.downgrade(db)
        assert _found(db) >= _named(STEP.REPLACED)
        assert _found(db).isdisjoint(_named(STEP.INDEXES))
        assert db["notifications"].index_information()["ttl"]["expireAfterSeconds"] == 365 * 86_400
        for _ in range(2):
            STEP.upgrade(db)
            assert _found(db) >= _named(STEP.INDEXES)
            assert _found(db).isdisjoint(_named(STEP.REPLACED))
            assert db["notifications"].index_information()["ttl"]["expireAfterSeconds"] == 90 * 86_400
