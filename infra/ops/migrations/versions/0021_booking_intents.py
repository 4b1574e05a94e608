"""The index by which the clean-up finds expired booking intents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pymongo import ASCENDING, IndexModel

from infra.ops.migrations.indexes import create_indexes, drop_indexes

if TYPE_CHECKING:
    from pymongo.database import Database

name = "0021_booking_intents"
dependencies = ["0020_bookings"]

INDEXES = {"booking_intents": [IndexModel([("expires_at", ASCENDING)], name="expiry")]}


def upgrade(db: Database[dict[str, Any]]) -> None:
    """Create the index."""
    create_indexes(db, INDEXES)


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Drop the index."""
    drop_indexes(db, INDEXES)
