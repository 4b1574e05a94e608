"""Indexes of streams, tickets and connections, all of which end by themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pymongo import ASCENDING, DESCENDING, IndexModel

from infra.ops.migrations.indexes import create_indexes, drop_indexes

if TYPE_CHECKING:
    from pymongo.database import Database

name = "0120_realtime"
dependencies = ["0001_base"]

_TTL = IndexModel([("expires_at", ASCENDING)], name="ttl", expireAfterSeconds=0)

INDEXES = {
    "realtime_streams": [_TTL],
    "realtime_tickets": [_TTL, IndexModel([("user_id", ASCENDING)], name="user")],
    "realtime_connections": [_TTL, IndexModel([("user_id", ASCENDING), ("connected_at", DESCENDING)], name="newest")],
}


def upgrade(db: Database[dict[str, Any]]) -> None:
    """Create the indexes."""
    create_indexes(db, INDEXES)


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Undo it."""
    drop_indexes(db, INDEXES)
