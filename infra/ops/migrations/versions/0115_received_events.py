"""Stripe's events that wait to be processed, by an index that holds no others: of all that are kept they are a few.

The release before is served by it as well: it asks for the same status, in the same order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pymongo import ASCENDING, IndexModel

from infra.ops.migrations.indexes import create_indexes, drop_indexes

if TYPE_CHECKING:
    from pymongo.database import Database

name = "0115_received_events"
dependencies = ["0114_lean_indexes"]

_ORDER = [("received_at", ASCENDING), ("_id", ASCENDING)]

INDEXES = {
    "webhook_events": [IndexModel(_ORDER, name="received_page", partialFilterExpression={"status": "received"})],
}
REPLACED = {"webhook_events": [IndexModel([("status", ASCENDING), *_ORDER], name="waiting_page")]}


def upgrade(db: Database[dict[str, Any]]) -> None:
    """Create the index, then drop the one it replaces."""
    create_indexes(db, INDEXES)
    drop_indexes(db, REPLACED)


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Undo it."""
    create_indexes(db, REPLACED)
    drop_indexes(db, INDEXES)
