"""Indexes of payments: open operations, a provider's ledger, Stripe's events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pymongo import ASCENDING, IndexModel

from infra.ops.migrations.indexes import create_indexes, drop_indexes

if TYPE_CHECKING:
    from pymongo.database import Database

name = "0060_payments"
dependencies = ["0020_bookings"]

_NINETY_DAYS = 90 * 24 * 3600

INDEXES = {
    "payment_operations": [
        IndexModel([("status", ASCENDING), ("created_at", ASCENDING)], name="open"),
    ],
    "ledger_entries": [
        IndexModel([("provider_id", ASCENDING), ("at", ASCENDING), ("_id", ASCENDING)], name="provider_period"),
    ],
    "webhook_events": [
        IndexModel([("status", ASCENDING), ("received_at", ASCENDING)], name="waiting"),
        IndexModel([("processed_at", ASCENDING)], name="ttl", expireAfterSeconds=_NINETY_DAYS),
    ],
}


def upgrade(db: Database[dict[str, Any]]) -> None:
    """Create the indexes."""
    create_indexes(db, INDEXES)


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Drop the indexes."""
    drop_indexes(db, INDEXES)
