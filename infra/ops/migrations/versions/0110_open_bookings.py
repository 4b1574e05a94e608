"""Indexes behind the end of an account: bookings that keep it open, and rows that an export reads by their owner."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pymongo import ASCENDING, DESCENDING, IndexModel

from infra.ops.migrations.indexes import create_indexes, drop_indexes

if TYPE_CHECKING:
    from pymongo.database import Database

name = "0110_open_bookings"
dependencies = ["0097_charges"]

#: As queries have them, each part by part (``adapters.privacy.personal_data``): the server compares the two.
_UNDER_WAY = ["accepted", "completed", "disputed", "in_progress", "no_show", "pending_payment", "requested"]
_OPEN: list[dict[str, Any]] = [
    {"status": {"$in": _UNDER_WAY}},
    {"payment_details.open_operations.0": {"$exists": True}},
    {"payment_details.needs_attention": True},
]
_DEBT = {"payout": "debt"}


def _of(owner: str, index_name: str) -> IndexModel:
    return IndexModel([(owner, ASCENDING), ("_id", DESCENDING)], name=index_name)


INDEXES = {
    "bookings": [
        IndexModel([("customer_id", ASCENDING)], name="customer_open", partialFilterExpression={"$or": _OPEN}),
        IndexModel(
            [("provider_id", ASCENDING)], name="provider_open", partialFilterExpression={"$or": [*_OPEN, _DEBT]}
        ),
    ],
    "mails": [_of("user_id", "user_newest")],
    "sessions": [_of("user_id", "user_newest")],
}


def upgrade(db: Database[dict[str, Any]]) -> None:
    """Create the indexes."""
    create_indexes(db, INDEXES)


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Drop the indexes."""
    drop_indexes(db, INDEXES)
