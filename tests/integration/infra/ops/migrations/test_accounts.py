"""Accounts that were written before names, zones and guests had the rules they have now."""

from __future__ import annotations

import importlib
from typing import Any

from pymongo import MongoClient

from infra.ops.migrations.runner import migrate

STEP = importlib.import_module("infra.ops.migrations.versions.0094_accounts")


def test_what_is_stored_is_put_right_and_what_is_right_stays(mongodb_uri: str, database_name: str) -> None:
    migrate(mongodb_uri, database_name)
    names = {
        "a": "Aroha Ngata",
        "b": "Kiri\r\nTeata",
        "c": "k" * 20_000,
        "d": "Win at evil.com",
        "e": "Dr. O'Neil \u202e",
    }
    with MongoClient[dict[str, Any]](mongodb_uri) as client:
        db = client[database_name]
        guests = {"is_provisional": True, "is_verified": True}
        db["users"].insert_many(
            [{"_id": key, "email_key": key, "full_name": name, **guests} for key, name in names.items()]
        )
        db["credentials"].insert_one({"_id": "password:a", "user_id": "a", "kind": "password"})
        db["registrations"].insert_one({"_id": "reg_1", "ip": "203.0.113.7"})
        db["notification_preferences"].insert_many(
            [{"_id": zone, "quiet_hours": {"timezone": zone}} for zone in ("localtime", "Pacific/Auckland")]
        )
        for _ in range(2):
            STEP.upgrade(db)
            found = {user["_id"]: user["full_name"] for user in db["users"].find()}
            assert found == {"a": "Aroha Ngata", "b": "Kiri Teata", "c": "", "d": "", "e": "Dr. O'Neil"}
            assert [user["_id"] for user in db["users"].find({"is_provisional": False})] == ["a"]
            assert db["registrations"].find_one() == {"_id": "reg_1"}
            kept = {row["_id"]: row["quiet_hours"] for row in db["notification_preferences"].find()}
            assert kept == {"localtime": None, "Pacific/Auckland": {"timezone": "Pacific/Auckland"}}
