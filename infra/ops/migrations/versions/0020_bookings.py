"""Collections and indexes of bookings: one index for each shape of query, and the unique ones that decide races."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pymongo import ASCENDING, IndexModel

from infra.ops.migrations.indexes import create_indexes, drop_indexes

if TYPE_CHECKING:
    from pymongo.database import Database

name = "0020_bookings"
dependencies = ["0001_base"]

_STRIPE_IDS = ("payment_intent_id", "setup_intent_id", "charge_id", "transfer_id")
#: Strings only. The planner sees that a query for one string lies within it, which it does not for ``$type``.
_IS_STRING = {"$gt": ""}


def _party_list(party: str, what: str, index_name: str) -> IndexModel:
    """One party's bookings by status or by who must act, in order of their start."""
    keys = [(party, ASCENDING), (what, ASCENDING), ("slot.start_at", ASCENDING), ("_id", ASCENDING)]
    return IndexModel(keys, name=index_name)


INDEXES = {
    "bookings": [
        IndexModel(
            [("customer_id", ASCENDING), ("idempotency_key", ASCENDING)],
            name="customer_idempotency_key",
            unique=True,
            partialFilterExpression={"idempotency_key": _IS_STRING},
        ),
        _party_list("customer_id", "status", "customer_status_start"),
        _party_list("provider_id", "status", "provider_status_start"),
        _party_list("customer_id", "awaiting", "customer_awaiting_start"),
        _party_list("provider_id", "awaiting", "provider_awaiting_start"),
        IndexModel(
            [("next_due_at", ASCENDING)],
            name="due",
            partialFilterExpression={"next_due_at": {"$type": "date"}},
        ),
        IndexModel(
            [("dispute.opened_at", ASCENDING), ("_id", ASCENDING)],
            name="open_disputes",
            partialFilterExpression={"status": "disputed"},
        ),
        *(
            IndexModel(
                [(f"payment_details.{field}", ASCENDING)],
                name=f"stripe_{field}",
                partialFilterExpression={f"payment_details.{field}": _IS_STRING},
            )
            for field in _STRIPE_IDS
        ),
    ],
    "booking_history": [
        IndexModel([("booking_id", ASCENDING), ("version", ASCENDING)], name="booking_version", unique=True),
    ],
    "slot_claims": [
        IndexModel([("provider_id", ASCENDING), ("cells", ASCENDING)], name="provider_cells", unique=True),
        IndexModel([("provider_id", ASCENDING), ("start_at", ASCENDING)], name="provider_start"),
        IndexModel([("booking_id", ASCENDING)], name="booking"),
        IndexModel(
            [("expires_at", ASCENDING)],
            name="expiry",
            partialFilterExpression={"expires_at": {"$type": "date"}},
        ),
    ],
    "ratings": [
        IndexModel([("booking_id", ASCENDING), ("author_kind", ASCENDING)], name="booking_author", unique=True),
        IndexModel([("state", ASCENDING), ("_id", ASCENDING)], name="state"),
    ],
    "calendar_feeds": [IndexModel([("token_hash", ASCENDING)], name="token", unique=True)],
    "payment_operations": [
        IndexModel([("booking_id", ASCENDING), ("sequence", ASCENDING)], name="booking_sequence"),
    ],
    "ledger_entries": [
        IndexModel([("booking_id", ASCENDING), ("_id", ASCENDING)], name="booking"),
    ],
}


def upgrade(db: Database[dict[str, Any]]) -> None:
    """Create the indexes."""
    create_indexes(db, INDEXES)


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Drop the indexes."""
    drop_indexes(db, INDEXES)
