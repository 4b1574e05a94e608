"""An index of bookings whose provider cannot come; the others are not in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pymongo import ASCENDING, IndexModel

from infra.migrations.indexes import create_indexes, drop_indexes

if TYPE_CHECKING:
    from pymongo.database import Database

name = "0083_providers_away"
dependencies = ["0082_debts"]

INDEXES = {
    "bookings": [
        IndexModel(
            [("slot.start_at", ASCENDING), ("_id", ASCENDING)],
            name="provider_away",
            partialFilterExpression={"provider_away_since": {"$type": "date"}},
        ),
    ],
}


def upgrade(db: Database[dict[str, Any]]) -> None:
    """Create the index."""
    create_indexes(db, INDEXES)


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Drop the index."""
    drop_indexes(db, INDEXES)
