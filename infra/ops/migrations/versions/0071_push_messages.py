"""Push messages that were only recorded, where no key signs them: kept for a day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pymongo import ASCENDING, IndexModel

from infra.ops.migrations.indexes import create_indexes, drop_indexes

if TYPE_CHECKING:
    from pymongo.database import Database

name = "0071_push_messages"
dependencies = ["0070_notifications"]

_ONE_DAY = 24 * 3600

INDEXES = {
    "push_messages": [
        IndexModel([("created_at", ASCENDING)], name="ttl", expireAfterSeconds=_ONE_DAY),
        IndexModel([("user_id", ASCENDING), ("created_at", ASCENDING)], name="user_newest"),
    ]
}


def upgrade(db: Database[dict[str, Any]]) -> None:
    """Create the indexes."""
    create_indexes(db, INDEXES)


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Drop the indexes."""
    drop_indexes(db, INDEXES)
