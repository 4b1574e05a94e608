"""Listings that the release before places of work wrote."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

import pytest
from pymongo import MongoClient

from infra.ops.migrations.runner import migrate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pymongo.database import Database

STEP = importlib.import_module("infra.ops.migrations.versions.0101_place_kinds")
OLD: dict[str, Any] = {"tokens": ["#all", "#cleaning", "sparkl"], "categories": ["all", "cleaning"], "reach_m": 10_000}


@pytest.fixture
def database(mongodb_uri: str, database_name: str) -> Iterator[Database[dict[str, Any]]]:
    migrate(mongodb_uri, database_name)
    with MongoClient[dict[str, Any]](mongodb_uri) as client:
        yield client[database_name]


def test_old_listings_are_visits_however_often_the_step_is_applied(database: Database[dict[str, Any]]) -> None:
    rows = database["service_listings"]
    rows.insert_many([{"_id": f"svc_{number}", **OLD} for number in range(3)])
    rows.insert_one({"_id": "new", **OLD, "place_kinds": ["online"], "visit_m": -1})
    for _ in range(2):
        STEP.upgrade(database)
        *old, new = [rows.find_one({"_id": id_}) or {} for id_ in ("svc_0", "svc_1", "svc_2", "new")]
        assert [(row["place_kinds"], row["visit_m"]) for row in old] == [(["customer"], 10_000)] * 3
        assert [sorted(row["tokens"]) for row in old] == [
            sorted([*OLD["tokens"], "#all@customer", "#cleaning@customer"])
        ] * 3
        assert (new["place_kinds"], new["tokens"]) == (["online"], OLD["tokens"])
    STEP.downgrade(database)
    row = rows.find_one({"_id": "svc_0"}) or {}
    assert sorted(row["tokens"]) == sorted(OLD["tokens"])
    assert not {"place_kinds", "visit_m"} & set(row)
