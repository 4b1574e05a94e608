"""Indexes of notifications: inboxes, push subscriptions, and the log of mails.

Where this was applied before, entries of inboxes were kept for a year; ``0114_lean_indexes`` shortens that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pymongo import ASCENDING, DESCENDING, IndexModel

from infra.ops.migrations.indexes import create_indexes, drop_indexes

if TYPE_CHECKING:
    from pymongo.database import Database

name = "0070_notifications"
dependencies = ["0001_base"]

_NINETY_DAYS = 90 * 24 * 3600

INDEXES = {
    "notifications": [
        IndexModel([("user_id", ASCENDING), ("_id", DESCENDING)], name="inbox"),
        IndexModel([("user_id", ASCENDING), ("read_at", ASCENDING), ("_id", DESCENDING)], name="unread"),
        IndexModel([("created_at", ASCENDING)], name="ttl", expireAfterSeconds=_NINETY_DAYS),
    ],
    "push_subscriptions": [
        IndexModel([("endpoint", ASCENDING)], name="endpoint", unique=True),
        IndexModel([("user_id", ASCENDING)], name="user"),
    ],
    "mails": [IndexModel([("created_at", ASCENDING)], name="ttl", expireAfterSeconds=_NINETY_DAYS)],
}


def upgrade(db: Database[dict[str, Any]]) -> None:
    """Create the indexes."""
    create_indexes(db, INDEXES)


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Drop the indexes."""
    drop_indexes(db, INDEXES)
