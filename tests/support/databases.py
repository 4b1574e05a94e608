"""Migrated databases that are emptied and handed out again: making their indexes takes most of a second each time."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, Self

from pymongo import DeleteOne, MongoClient, ReplaceOne

from infra.ops.migrations.runner import migrate

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType

    from pymongo.database import Database

Rows = list[dict[str, Any]]


class MigratedDatabases:
    """The databases of a test process; a test that takes one finds it as the migrations leave it.

    Use it as ``with MigratedDatabases(uri) as databases: name = databases.take()``.

    Args:
        uri: the server.
    """

    def __init__(self, uri: str) -> None:
        self._uri = uri
        self._client: MongoClient[dict[str, Any]] = MongoClient(uri)
        self._names: list[str] = []
        self._free: list[str] = []
        self._indexes: dict[str, Rows] = {}
        self._rows: dict[str, Rows] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Drop every database."""
        for name in self._names:
            self._client.drop_database(name)
        self._client.close()

    def take(self) -> str:
        """Return the name of a database that nobody else has, with every index and what the migrations store."""
        if self._free:
            return self._free.pop()
        name = f"test_{uuid.uuid4().hex[:16]}"
        self._names.append(name)
        migrate(self._uri, name)
        if not self._indexes:
            self._indexes = _indexes(self._client[name])
            self._rows = {each: _rows(self._client[name], each) for each in self._indexes}
        return name

    def give_back(self, name: str) -> None:
        """Take a database back: put its rows right, or drop it where its collections or indexes are others by now.

        The server forgets its query plans too: it would go on with one that was best for other rows.
        """
        db = self._client[name]
        if _indexes(db) != self._indexes:
            self._client.drop_database(name)
            self._names.remove(name)
            return
        for collection in self.restore(name):
            db.command("planCacheClear", collection)
        self._free.append(name)

    def restore(self, name: str) -> set[str]:
        """Put the rows of a database right; those of no migration go, and of most collections there are none.

        Returns:
            The collections that had rows.
        """
        db = self._client[name]
        for collection in set(db.list_collection_names()) - set(self._indexes):
            db.drop_collection(collection)
        filled = _filled(db, self._rows)
        for collection, rows in self._rows.items():
            if rows:
                changes = _changes(_rows(db, collection), rows)
                if changes:
                    db[collection].bulk_write(changes)
            elif collection in filled:
                db[collection].delete_many({})
        return filled


def _indexes(db: Database[dict[str, Any]]) -> dict[str, Rows]:
    """The indexes of every collection, by one command.

    It is ``$listCatalog`` (https://www.mongodb.com/docs/manual/reference/operator/aggregation/listCatalog/).
    """
    found = db.client.admin.aggregate(
        [
            {"$listCatalog": {}},
            {"$match": {"db": db.name}},
            {"$project": {"name": True, "indexes": "$md.indexes.spec"}},
        ]
    )
    return {each["name"]: sorted(each["indexes"], key=_name) for each in found}


def _filled(db: Database[dict[str, Any]], collections: Iterable[str]) -> set[str]:
    """Which of the collections have rows, by one command."""
    looks = [
        {"$unionWith": {"coll": each, "pipeline": [{"$limit": 1}, {"$project": {"_id": each}}]}} for each in collections
    ]
    return {row["_id"] for row in db.aggregate([{"$documents": []}, *looks])}


def _changes(found: Rows, wanted: Rows) -> list[DeleteOne | ReplaceOne[dict[str, Any]]]:
    """What makes the wanted rows of those that were found, which most tests leave alone; first room is made."""
    kept = {row["_id"]: row for row in wanted}
    seen = {row["_id"]: row for row in found}
    gone = [DeleteOne({"_id": each}) for each in seen if each not in kept]
    return gone + [ReplaceOne({"_id": each}, row, upsert=True) for each, row in kept.items() if seen.get(each) != row]


def _rows(db: Database[dict[str, Any]], collection: str) -> Rows:
    """Every document, in an order that stays."""
    return db[collection].find().sort("_id", 1).to_list()


def _name(index: dict[str, Any]) -> str:
    return str(index["name"])
