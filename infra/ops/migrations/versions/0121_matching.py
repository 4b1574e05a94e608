"""Indexes of job requests and of offers: lists of their people, one offer a provider, and what is due."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pymongo import ASCENDING, DESCENDING, IndexModel

from infra.ops.migrations.indexes import create_indexes, drop_indexes

if TYPE_CHECKING:
    from pymongo.database import Database

name = "0121_matching"
dependencies = ["0001_base"]

#: A partial index serves only queries that repeat its condition.
_DUE: dict[str, Any] = {"next_due_at": {"$type": "date"}}
#: In these a request binds the report that it was made of.
_BINDING = ["booked", "exhausted", "matched", "offering", "open"]

INDEXES = {
    "job_requests": [
        IndexModel(
            [("customer_id", ASCENDING), ("status", ASCENDING), ("_id", DESCENDING)], name="customer_status_newest"
        ),
        IndexModel([("next_due_at", ASCENDING), ("_id", ASCENDING)], name="due", partialFilterExpression=_DUE),
        IndexModel(
            [("customer_id", ASCENDING), ("idempotency_key", ASCENDING)],
            name="customer_idempotency_key",
            unique=True,
            partialFilterExpression={"idempotency_key": {"$type": "string"}},
        ),
        IndexModel(
            [("report_id", ASCENDING)],
            name="one_of_a_report",
            unique=True,
            partialFilterExpression={"report_id": {"$type": "string"}, "status": {"$in": _BINDING}},
        ),
    ],
    "offers": [
        IndexModel([("request_id", ASCENDING), ("provider_id", ASCENDING)], name="once_a_provider", unique=True),
        IndexModel(
            [("provider_id", ASCENDING), ("status", ASCENDING), ("_id", DESCENDING)], name="provider_status_newest"
        ),
        IndexModel([("customer_id", ASCENDING), ("_id", DESCENDING)], name="customer_newest"),
        IndexModel([("next_due_at", ASCENDING), ("_id", ASCENDING)], name="due", partialFilterExpression=_DUE),
    ],
}


def upgrade(db: Database[dict[str, Any]]) -> None:
    """Create the indexes."""
    create_indexes(db, INDEXES)


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Drop the indexes."""
    drop_indexes(db, INDEXES)
