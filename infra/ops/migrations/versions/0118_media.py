"""Photographs: lists of one owner, what is alike, and what is due."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pymongo import ASCENDING, DESCENDING, GEOSPHERE, IndexModel

from infra.ops.migrations.indexes import create_indexes, drop_indexes

if TYPE_CHECKING:
    from pymongo.database import Database

name = "0118_media"
dependencies = ["0001_base"]

INDEXES = {
    "media": [
        IndexModel([("owner_id", ASCENDING), ("_id", DESCENDING)], name="owner_newest"),
        IndexModel([("owner_id", ASCENDING), ("purpose", ASCENDING), ("_id", DESCENDING)], name="owner_purpose_newest"),
        IndexModel([("sha256", ASCENDING)], name="same_file", partialFilterExpression={"state": "ready"}),
        IndexModel([("bands", ASCENDING), ("_id", DESCENDING)], name="same_band"),
        IndexModel([("point", GEOSPHERE)], name="close"),
        IndexModel(
            [("next_due_at", ASCENDING), ("_id", ASCENDING)],
            name="due",
            partialFilterExpression={"next_due_at": {"$type": "date"}},
        ),
    ],
}


def upgrade(db: Database[dict[str, Any]]) -> None:
    """Create the indexes."""
    create_indexes(db, INDEXES)


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Undo it."""
    drop_indexes(db, INDEXES)
