"""Indexes of second factors, and of what waits for one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pymongo import ASCENDING, IndexModel

from infra.ops.migrations.indexes import create_indexes, drop_indexes

if TYPE_CHECKING:
    from pymongo.database import Database

name = "0103_factors"
dependencies = ["0094_accounts"]

_TTL = IndexModel([("expires_at", ASCENDING)], name="ttl", expireAfterSeconds=0)

INDEXES = {
    "factors": [
        IndexModel([("user_id", ASCENDING), ("_id", ASCENDING)], name="user"),
        IndexModel(
            [("credential_id", ASCENDING)],
            name="credential",
            unique=True,
            partialFilterExpression={"credential_id": {"$exists": True}},
        ),
        _TTL,
    ],
    "factor_challenges": [IndexModel([("user_id", ASCENDING)], name="user"), _TTL],
}


def upgrade(db: Database[dict[str, Any]]) -> None:
    """Create the indexes; accounts without ``factor_kinds`` have none."""
    create_indexes(db, INDEXES)


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Drop the indexes."""
    drop_indexes(db, INDEXES)
