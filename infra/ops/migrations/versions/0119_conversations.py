"""Indexes of conversations, their messages, and what is reported of them to moderators."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pymongo import ASCENDING, DESCENDING, IndexModel

from infra.ops.migrations.indexes import create_indexes, drop_indexes

if TYPE_CHECKING:
    from pymongo.database import Database

name = "0119_conversations"
dependencies = ["0001_base"]

INDEXES = {
    "conversations": [
        IndexModel([("members", ASCENDING), ("last_at", DESCENDING), ("_id", DESCENDING)], name="member_latest"),
    ],
    "messages": [
        IndexModel([("conversation_id", ASCENDING), ("seq", ASCENDING)], name="conversation_seq", unique=True),
        IndexModel(
            [("conversation_id", ASCENDING), ("sender_id", ASCENDING), ("client_id", ASCENDING)],
            name="conversation_sender_client_id",
            unique=True,
        ),
        IndexModel([("sender_id", ASCENDING), ("_id", DESCENDING)], name="sender"),
    ],
    "moderation_items": [
        IndexModel(
            [("kind", ASCENDING), ("subject", ASCENDING), ("seq", ASCENDING), ("reporter_id", ASCENDING)],
            name="once_a_reporter",
            unique=True,
        ),
        IndexModel([("state", ASCENDING), ("_id", ASCENDING)], name="queue"),
        IndexModel([("reporter_id", ASCENDING), ("_id", DESCENDING)], name="reporter"),
    ],
}


def upgrade(db: Database[dict[str, Any]]) -> None:
    """Create the indexes."""
    create_indexes(db, INDEXES)


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Drop the indexes."""
    drop_indexes(db, INDEXES)
