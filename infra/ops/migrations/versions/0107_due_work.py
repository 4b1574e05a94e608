"""What schedules look for each minute, by indexes that hold the instant at which it is due.

Bookings that a sweep of the release before has leased, or put off, are due when that ends.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pymongo import ASCENDING, IndexModel

from infra.ops.migrations.indexes import create_indexes, drop_indexes

if TYPE_CHECKING:
    from pymongo.database import Database

name = "0107_due_work"
dependencies = ["0062_payment_records"]

#: Which of an operation's statuses are open.
_OPEN = {"status": {"$in": ["pending", "uncertain"]}}
_DUE = {"next_due_at": {"$type": "date"}}

INDEXES = {
    "bookings": [
        IndexModel([("next_due_at", ASCENDING), ("_id", ASCENDING)], name="due_page", partialFilterExpression=_DUE),
    ],
    "payment_operations": [
        IndexModel(
            [("status", ASCENDING), ("_id", ASCENDING), ("next_try_at", ASCENDING), ("locked_until", ASCENDING)],
            name="open_due",
            partialFilterExpression=_OPEN,
        ),
    ],
    "outbox": [
        IndexModel(
            [("not_before", ASCENDING), ("_id", ASCENDING), ("created_at", ASCENDING)],
            name="waiting",
            partialFilterExpression={"published_at": None},
        ),
    ],
}
#: Served by ``due_page``, for the release before as well.
_REPLACED = {"bookings": [IndexModel([("next_due_at", ASCENDING)], name="due", partialFilterExpression=_DUE)]}


def upgrade(db: Database[dict[str, Any]]) -> None:
    """Create the indexes, and move what is leased."""
    create_indexes(db, INDEXES)
    drop_indexes(db, _REPLACED)
    now = datetime.now(UTC)
    leased = {"next_due_at": {"$type": "date", "$lte": now}, "lease.until": {"$gt": now}}
    db["bookings"].update_many(leased, [{"$set": {"next_due_at": "$lease.until"}}])


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Undo the indexes; what was moved is due at its instant."""
    create_indexes(db, _REPLACED)
    drop_indexes(db, INDEXES)
