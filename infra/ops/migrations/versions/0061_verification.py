"""Indexes of the verification of payments and of provider plans."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pymongo import ASCENDING, DESCENDING, IndexModel

from infra.ops.migrations.indexes import create_indexes, drop_indexes

if TYPE_CHECKING:
    from pymongo.database import Database

name = "0061_verification"
dependencies = ["0060_payments"]

INDEXES = {
    "payment_operations": [IndexModel([("updated_at", ASCENDING)], name="updated")],
    "payment_discrepancies": [
        IndexModel(
            [("resolved_at", ASCENDING), ("first_seen_at", DESCENDING), ("_id", DESCENDING)], name="open_newest"
        ),
        IndexModel([("booking_id", ASCENDING), ("resolved_at", ASCENDING)], name="booking"),
    ],
    "subscriptions": [IndexModel([("status", ASCENDING), ("past_due_since", ASCENDING)], name="past_due")],
}


def upgrade(db: Database[dict[str, Any]]) -> None:
    """Create the indexes."""
    create_indexes(db, INDEXES)


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Drop the indexes."""
    drop_indexes(db, INDEXES)
