"""Accounts that the release before the search by name wrote."""

from __future__ import annotations

import importlib
from typing import Any

from pymongo import MongoClient

from infra.ops.migrations.runner import migrate

STEP = importlib.import_module("infra.ops.migrations.versions.0139_people_search")
NAMES = {"usr_1": "Mere Anne Tāne", "usr_2": "Zoë", "usr_3": "", "usr_4": None}


def test_old_accounts_get_the_last_word_of_their_name_however_often(mongodb_uri: str, database_name: str) -> None:
    migrate(mongodb_uri, database_name)
    with MongoClient[dict[str, Any]](mongodb_uri) as client:
        users = client[database_name]["users"]
        users.insert_many([{"_id": id_, "email_key": id_, "full_name": name} for id_, name in NAMES.items()])
        users.insert_one({"_id": "usr_5", "email_key": "usr_5"})
        for _ in range(2):
            STEP.upgrade(client[database_name])
            words = [row["family_name"] for row in users.find().sort("_id", 1)]
            assert words == ["Tāne", "", "", "", ""]
