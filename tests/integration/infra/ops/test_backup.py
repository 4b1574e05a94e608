"""A database is saved at an instant and comes back as it was; money that moved after that instant moves once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from pymongo import MongoClient

from infra.ops import backup
from infra.ops.migrations.runner import migrate

if TYPE_CHECKING:
    from pathlib import Path


def test_a_saved_database_comes_back_with_its_indexes_and_only_into_an_empty_one(
    mongodb_uri: str, database_name: str, tmp_path: Path
) -> None:
    migrate(mongodb_uri, database_name)
    with MongoClient[dict[str, Any]](mongodb_uri) as client:
        source, target = client[database_name], client[f"{database_name}_restored"]
        source["bookings"].insert_many(
            [{"_id": f"bkg_{number:04}", "nested": {"list": [number]}} for number in range(1200)]
        )
        saved = backup.save(source, tmp_path)
        source["bookings"].delete_many({})
        try:
            assert backup.load(target, tmp_path) == {name: each["count"] for name, each in saved.items()}
            assert target["bookings"].count_documents({}) == 1200
            for name in saved:
                assert list(target[name].list_indexes()) == list(source[name].list_indexes()), name
            with pytest.raises(backup.RestoreError, match=r"is not empty: bookings, "):
                backup.load(target, tmp_path)
            with pytest.raises(backup.RestoreError, match="holds no saved database"):
                backup.load(target, tmp_path / "elsewhere")
        finally:
            client.drop_database(target.name)
