"""Indexes of the one queue of moderators, of decisions about somebody, and of what a member of staff has done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pymongo import ASCENDING, DESCENDING, IndexModel

from infra.ops.migrations.indexes import create_indexes, drop_indexes

if TYPE_CHECKING:
    from pymongo.database import Database

name = "0138_moderation"
dependencies = ["0119_conversations"]

INDEXES = {
    "moderation_items": [
        IndexModel([("state", ASCENDING), ("kind", ASCENDING), ("_id", ASCENDING)], name="queue_by_kind"),
        IndexModel([("reported_id", ASCENDING), ("_id", DESCENDING)], name="reported"),
    ],
    "security_events": [
        IndexModel(
            [("actor_id", ASCENDING), ("_id", DESCENDING)],
            name="actor_newest",
            partialFilterExpression={"actor_id": {"$type": "string"}},
        ),
    ],
}


def upgrade(db: Database[dict[str, Any]]) -> None:
    """Create the indexes."""
    create_indexes(db, INDEXES)


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Drop the indexes."""
    drop_indexes(db, INDEXES)
