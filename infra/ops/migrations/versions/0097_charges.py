"""The payments of a booking as a list of charges, and which of them operations and ledger lines are about.

What was stored had one payment, in ``payment_details``. It stays there for the release that reads it there and may
still serve; ``common.domain.bookings.charges.with_charges`` reads what that one writes after this step.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pymongo import ASCENDING, IndexModel

from infra.ops.migrations.batches import update_in_batches
from infra.ops.migrations.indexes import create_indexes, drop_indexes

if TYPE_CHECKING:
    from pymongo.database import Database

name = "0097_charges"
dependencies = ["0062_payment_records"]

_FIRST = "chg_1"
_STRIPE_IDS = ("payment_intent_id", "setup_intent_id", "stripe_charge_id", "transfers.id")

INDEXES = {
    "bookings": [
        IndexModel(
            [(f"charges.{field}", ASCENDING)],
            name=f"charge_{field.replace('.', '_')}",
            partialFilterExpression={f"charges.{field}": {"$gt": ""}},
        )
        for field in _STRIPE_IDS
    ],
}

_AMOUNTS = (
    "authorized_amount",
    "captured_amount",
    "refunded_amount",
    "charged_back_amount",
    "commission_amount",
    "transferred_amount",
    "reversed_amount",
    "stripe_fee_amount",
    "refund_failed_amount",
    "lost_twice_amount",
)


def _details(field: str, default: Any) -> dict[str, Any]:
    return {"$ifNull": [f"$payment_details.{field}", default]}


_CHARGE: dict[str, Any] = {
    "id": _FIRST,
    "purpose": "booking",
    "state": {"$ifNull": ["$payment", "none"]},
    "mode": "$payment_details.mode",
    "amount": "$price.total.amount",
    "line_ids": [],
    "payment_intent_id": _details("payment_intent_id", None),
    "setup_intent_id": _details("setup_intent_id", None),
    "stripe_charge_id": _details("charge_id", None),
    **{field: _details(field, 0) for field in _AMOUNTS},
    "transfers": _details("transfers", []),
    "dispute_ids": {
        "$filter": {
            "input": {"$ifNull": ["$chargeback_ids", []]},
            "cond": {"$not": [{"$regexMatch": {"input": "$$this", "regex": ":"}}]},
        }
    },
    "is_charge_failed": _details("is_charge_failed", default=False),
    "capture_before": _details("capture_before", None),
    "attempt": _details("attempt", 1),
}


def upgrade(db: Database[dict[str, Any]]) -> None:
    """Create the indexes, then give each booking its charge, and each operation and ledger line the charge's id."""
    create_indexes(db, INDEXES)
    without = {"charges": {"$exists": False}, "payment_details.mode": {"$exists": True}}
    update_in_batches(db["bookings"], without, [{"$set": {"charges": [_CHARGE]}}])
    for collection in ("payment_operations", "ledger_entries"):
        update_in_batches(db[collection], {"charge_id": {"$exists": False}}, [{"$set": {"charge_id": _FIRST}}])


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Drop indexes and charges; ``payment_details`` of a booking with one charge still has all of it."""
    drop_indexes(db, INDEXES)
    one = {"charges": {"$size": 1}}
    update_in_batches(db["bookings"], one, [{"$unset": "charges"}])
    for collection in ("payment_operations", "ledger_entries"):
        update_in_batches(db[collection], {"charge_id": _FIRST}, [{"$unset": "charge_id"}])
