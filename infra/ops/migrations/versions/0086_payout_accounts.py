"""Providers by their account at Stripe, and the mark of those whose owner has left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pymongo import ASCENDING, IndexModel, UpdateOne

from infra.ops.migrations.indexes import create_indexes, drop_indexes

if TYPE_CHECKING:
    from pymongo.database import Database

name = "0086_payout_accounts"
dependencies = ["0071_push_messages"]

_BATCH = 1_000

INDEXES = {
    "providers": [
        IndexModel([("stripe_account_id", ASCENDING)], name="stripe_account"),
    ]
}


def upgrade(db: Database[dict[str, Any]]) -> None:
    """Create the index, and mark the providers of people who have left."""
    create_indexes(db, INDEXES)
    gone = db.users.find(
        {"deleted_at": {"$ne": None}, "provider_id": {"$ne": None}}, {"provider_id": 1, "deleted_at": 1}
    )
    writes = [UpdateOne({"_id": row["provider_id"]}, {"$set": {"deleted_at": row["deleted_at"]}}) for row in gone]
    for begin in range(0, len(writes), _BATCH):
        db.providers.bulk_write(writes[begin : begin + _BATCH], ordered=False)


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Drop the index; the mark stays, since nothing reads it any more."""
    drop_indexes(db, INDEXES)
