"""Indexes of bookings whose provider cannot come, and of debts in the order that staff read them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pymongo import ASCENDING, IndexModel

from infra.ops.migrations.indexes import create_indexes, drop_indexes

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
        IndexModel(
            [("payout", ASCENDING), ("slot.start_at", ASCENDING), ("_id", ASCENDING)],
            name="debts_by_start",
            partialFilterExpression={"payout": "debt"},
        ),
    ],
}

_REPLACED = {
    "bookings": [
        IndexModel(
            [("payout", ASCENDING), ("_id", ASCENDING)], name="debts", partialFilterExpression={"payout": "debt"}
        ),
    ],
}


def upgrade(db: Database[dict[str, Any]]) -> None:
    """Create the indexes; the one of debts takes the place of another."""
    drop_indexes(db, _REPLACED)
    create_indexes(db, INDEXES)


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Undo it."""
    drop_indexes(db, INDEXES)
    create_indexes(db, _REPLACED)
