"""Counts of bookings by day and map tile; the schedule that keeps them begins with the last thirty days on its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pymongo import ASCENDING, IndexModel

from infra.ops.migrations.indexes import create_indexes, drop_indexes

if TYPE_CHECKING:
    from pymongo.database import Database

name = "0112_booking_counts"
dependencies = ["0030_catalogue"]

INDEXES = {
    "booking_counts": [
        IndexModel([("tile", ASCENDING), ("day", ASCENDING)], name="tile_day"),
        IndexModel([("expires_at", ASCENDING)], name="ttl", expireAfterSeconds=0),
    ],
}


def upgrade(db: Database[dict[str, Any]]) -> None:
    """Create the indexes."""
    create_indexes(db, INDEXES)


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Drop the indexes."""
    drop_indexes(db, INDEXES)
