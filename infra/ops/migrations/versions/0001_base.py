"""Indexes of what every function shares: outbox, consumed events, idempotency keys, rate limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pymongo import ASCENDING, DESCENDING, IndexModel

from infra.ops.migrations.indexes import create_indexes, drop_indexes

if TYPE_CHECKING:
    from pymongo.database import Database

name = "0001_base"
dependencies: list[str] = []

_WEEK = 7 * 24 * 3600
_AT_THE_INSTANT = 0

INDEXES = {
    "outbox": [
        IndexModel([("published_at", ASCENDING), ("_id", ASCENDING)], name="unpublished"),
        IndexModel([("published_at", ASCENDING)], name="published_ttl", expireAfterSeconds=_WEEK),
    ],
    "processed_events": [IndexModel([("expires_at", ASCENDING)], name="ttl", expireAfterSeconds=_AT_THE_INSTANT)],
    "idempotency_keys": [IndexModel([("expires_at", ASCENDING)], name="ttl", expireAfterSeconds=_AT_THE_INSTANT)],
    "rate_limits": [IndexModel([("expires_at", ASCENDING)], name="ttl", expireAfterSeconds=_AT_THE_INSTANT)],
    "signing_keys": [IndexModel([("created_at", DESCENDING)], name="newest")],
}


def upgrade(db: Database[dict[str, Any]]) -> None:
    """Create the indexes."""
    create_indexes(db, INDEXES)


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Drop the indexes."""
    drop_indexes(db, INDEXES)
