"""Indexes of reports, their timelines, votes, followers and comments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pymongo import ASCENDING, DESCENDING, GEOSPHERE, IndexModel

from infra.ops.migrations.indexes import create_indexes, drop_indexes

if TYPE_CHECKING:
    from pymongo.database import Database

name = "0130_reports"
dependencies = ["0001_base"]

_DATED = {"$type": "date"}

INDEXES = {
    "reports": [
        IndexModel([("is_public", ASCENDING), ("_id", DESCENDING)], name="newest"),
        IndexModel(
            [("is_public", ASCENDING), ("category", ASCENDING), ("status", ASCENDING), ("_id", DESCENDING)],
            name="filtered",
        ),
        IndexModel(
            [
                ("is_public", ASCENDING),
                ("category", ASCENDING),
                ("verified_upvote_count", DESCENDING),
                ("_id", DESCENDING),
            ],
            name="most_upvoted",
        ),
        IndexModel([("is_public", ASCENDING), ("location", GEOSPHERE), ("category", ASCENDING)], name="near"),
        IndexModel([("author_id", ASCENDING), ("_id", DESCENDING)], name="author_newest"),
        IndexModel([("status", ASCENDING), ("_id", ASCENDING)], name="status_oldest"),
        IndexModel(
            [("next_due_at", ASCENDING), ("_id", ASCENDING)],
            name="due",
            partialFilterExpression={"next_due_at": _DATED},
        ),
        IndexModel([("recount_at", ASCENDING)], name="recount", partialFilterExpression={"recount_at": _DATED}),
    ],
    "report_history": [
        IndexModel([("report_id", ASCENDING), ("version", ASCENDING)], name="report_version", unique=True)
    ],
    "report_votes": [
        IndexModel(
            [("report_id", ASCENDING), ("is_verified", ASCENDING), ("created_at", ASCENDING)], name="report_verified"
        ),
        IndexModel([("user_id", ASCENDING), ("_id", DESCENDING)], name="user_newest"),
    ],
    "report_follows": [
        IndexModel([("report_id", ASCENDING), ("user_id", ASCENDING)], name="report_user"),
        IndexModel([("user_id", ASCENDING), ("_id", DESCENDING)], name="user_newest"),
    ],
    "report_comments": [
        IndexModel([("report_id", ASCENDING), ("_id", ASCENDING)], name="report_oldest"),
        IndexModel([("author_id", ASCENDING), ("_id", DESCENDING)], name="author_newest"),
    ],
}


def upgrade(db: Database[dict[str, Any]]) -> None:
    """Create the indexes."""
    create_indexes(db, INDEXES)


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Undo it."""
    drop_indexes(db, INDEXES)
