"""Indexes by which what names a person is found when the account is deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pymongo import ASCENDING, IndexModel

from infra.ops.migrations.indexes import create_indexes, drop_indexes

if TYPE_CHECKING:
    from pymongo.database import Database

name = "0071_leaving"
dependencies = ["0070_notifications"]

INDEXES = {
    "notifications": [IndexModel([("booking_id", ASCENDING)], name="booking")],
    "mails": [IndexModel([("user_id", ASCENDING)], name="user")],
}


def upgrade(db: Database[dict[str, Any]]) -> None:
    """Create the indexes."""
    create_indexes(db, INDEXES)


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Drop them again."""
    drop_indexes(db, INDEXES)
