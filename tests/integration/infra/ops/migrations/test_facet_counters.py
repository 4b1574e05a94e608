"""Whether counters are right as they are when their collections are made."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from pymongo import MongoClient

if TYPE_CHECKING:
    from pymongo.database import Database

STEP = importlib.import_module("infra.ops.migrations.versions.0117_facet_counters")


def test_counters_are_built_only_where_nothing_was_listed(mongodb_uri: str, database_name: str) -> None:
    with MongoClient[dict[str, Any]](mongodb_uri) as client:
        db = client[database_name]
        STEP.upgrade(db)
        assert _state(db) == {"_id": "state", "is_built": True}
        STEP.downgrade(db)
        assert db.list_collection_names() == []
        db["provider_listings"].insert_one({"_id": "prv_1"})
        for _ in range(2):
            STEP.upgrade(db)
            assert _state(db) == {"_id": "state", "is_built": False}


def _state(db: Database[dict[str, Any]]) -> Any:
    return db["facet_counters"].find_one()
