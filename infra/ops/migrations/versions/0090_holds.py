"""Indexes that count what one network address keeps of a provider, and the end of the locks for that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pymongo import ASCENDING, IndexModel

from infra.ops.migrations.indexes import create_indexes, drop_indexes

if TYPE_CHECKING:
    from pymongo.database import Database

name = "0090_holds"
dependencies = ["0031_limit_locks"]

#: Strings only, as in ``0020_bookings``.
_IS_STRING = {"$gt": ""}

INDEXES = {
    "slot_claims": [
        IndexModel(
            [("provider_id", ASCENDING), ("held_by", ASCENDING)],
            name="provider_held_by",
            partialFilterExpression={"held_by": _IS_STRING},
        )
    ],
    "bookings": [
        IndexModel(
            [("provider_id", ASCENDING), ("held_by", ASCENDING)],
            name="provider_held_by",
            partialFilterExpression={"held_by": _IS_STRING},
        )
    ],
    "limit_locks": [
        IndexModel(
            [("expires_at", ASCENDING)],
            name="ttl",
            expireAfterSeconds=0,
            partialFilterExpression={"expires_at": {"$type": "date"}},
        )
    ],
}


def upgrade(db: Database[dict[str, Any]]) -> None:
    """Create the indexes."""
    create_indexes(db, INDEXES)


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Drop the indexes."""
    drop_indexes(db, INDEXES)
