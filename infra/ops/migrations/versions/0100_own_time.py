"""Blocks and manual bookings: lists by start, and the end of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pymongo import ASCENDING, IndexModel

from infra.ops.migrations.indexes import create_indexes, drop_indexes

if TYPE_CHECKING:
    from pymongo.database import Database

name = "0100_own_time"
dependencies = ["0099_resources"]

INDEXES = {
    collection: [
        IndexModel([("provider_id", ASCENDING), ("start_at", ASCENDING), ("_id", ASCENDING)], name="provider_start"),
        IndexModel([("expires_at", ASCENDING)], name="expiry"),
    ]
    for collection in ("blocks", "manual_bookings")
}


def upgrade(db: Database[dict[str, Any]]) -> None:
    """Create the indexes."""
    create_indexes(db, INDEXES)


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Drop the indexes."""
    drop_indexes(db, INDEXES)
