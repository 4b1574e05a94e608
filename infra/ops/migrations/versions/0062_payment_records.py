"""All transfers of a booking instead of the last one, pages of changed operations, and ledger lines of one shape.

The database itself refuses a ledger line that lacks something or whose amount is no integer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pymongo import ASCENDING, IndexModel

from infra.ops.migrations.indexes import create_indexes, drop_indexes

if TYPE_CHECKING:
    from pymongo.database import Database

name = "0062_payment_records"
dependencies = ["0061_verification"]

_TRANSFER_ID = "payment_details.transfer_id"

INDEXES = {
    "bookings": [
        IndexModel(
            [("payment_details.transfers.id", ASCENDING)],
            name="stripe_transfers",
            partialFilterExpression={"payment_details.transfers.id": {"$gt": ""}},
        ),
    ],
    "payment_operations": [
        IndexModel([("updated_at", ASCENDING), ("_id", ASCENDING)], name="updated_page"),
        IndexModel([("status", ASCENDING), ("_id", ASCENDING)], name="open_page"),
    ],
    "webhook_events": [
        IndexModel([("status", ASCENDING), ("received_at", ASCENDING), ("_id", ASCENDING)], name="waiting_page"),
    ],
}

_AMOUNT = {
    "bsonType": "object",
    "required": ["amount", "currency"],
    "properties": {
        "amount": {"bsonType": ["int", "long"]},
        "currency": {"bsonType": "string", "pattern": "^[a-z]{3}$"},
    },
}
LEDGER_LINE = {
    "$jsonSchema": {
        "bsonType": "object",
        "required": ["_id", "entry_id", "booking_id", "provider_id", "account", "amount", "reason", "at"],
        "properties": {
            "account": {"enum": ["stripe", "held", "commission", "provider", "stripe_fees", "losses"]},
            "amount": _AMOUNT,
            "at": {"bsonType": "date"},
        },
    }
}


def upgrade(db: Database[dict[str, Any]]) -> None:
    """Carry the last transfer over, add the indexes, and set the rule of ledger lines; what was there stays."""
    transfer = {
        "id": f"${_TRANSFER_ID}",
        "amount": "$payment_details.transferred_amount",
        "reversed_amount": "$payment_details.reversed_amount",
        "is_refused": False,
    }
    without = {_TRANSFER_ID: {"$gt": ""}, "payment_details.transfers": None}
    db["bookings"].update_many(without, [{"$set": {"payment_details.transfers": [transfer]}}])
    create_indexes(db, INDEXES)
    db.command("collMod", "ledger_entries", validator=LEDGER_LINE, validationLevel="strict")


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Undo it."""
    drop_indexes(db, INDEXES)
    db["bookings"].update_many({}, {"$unset": {"payment_details.transfers": ""}})
    db.command("collMod", "ledger_entries", validator={}, validationLevel="off")
