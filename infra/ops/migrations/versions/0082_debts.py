"""What providers owe: the account that joins two bookings, indexes of debts, and fees that were never booked.

A cancellation fee that the commission takes whole used to stay among the held money for ever; its booking is due again.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pymongo import ASCENDING, IndexModel

from infra.ops.migrations.indexes import create_indexes, drop_indexes

if TYPE_CHECKING:
    from pymongo.database import Database

name = "0082_debts"
dependencies = ["0062_payment_records"]

_DEBT = {"payout": "debt"}

INDEXES = {
    "bookings": [
        IndexModel(
            [("provider_id", ASCENDING), ("payout", ASCENDING), ("_id", ASCENDING)],
            name="provider_debts",
            partialFilterExpression=_DEBT,
        ),
        IndexModel([("payout", ASCENDING), ("_id", ASCENDING)], name="debts", partialFilterExpression=_DEBT),
    ],
}

#: What of the customer's money is still there.
_KEPT = {
    "$subtract": [
        "$payment_details.captured_amount",
        {
            "$add": [
                {"$ifNull": ["$payment_details.refunded_amount", 0]},
                {"$ifNull": ["$payment_details.charged_back_amount", 0]},
            ]
        },
    ]
}
_BEFORE = ["stripe", "held", "commission", "provider", "stripe_fees", "losses"]
_AMOUNT = {
    "bsonType": "object",
    "required": ["amount", "currency"],
    "properties": {
        "amount": {"bsonType": ["int", "long"]},
        "currency": {"bsonType": "string", "pattern": "^[a-z]{3}$"},
    },
}


def upgrade(db: Database[dict[str, Any]]) -> None:
    """Add the indexes and the account, and let the sweep look at every cancelled booking that keeps money."""
    create_indexes(db, INDEXES)
    _set_accounts(db, [*_BEFORE, "set_off"])
    forgotten = {
        "status": "cancelled",
        "payout": "none",
        "next_due_at": None,
        "payment_details.due_amount": {"$gt": 0},
        "payment_details.captured_amount": {"$gt": 0},
        "payment_details.is_payout_released": False,
        "cancelled_at": {"$ne": None},
        "$expr": {"$gt": [_KEPT, 0]},  # the sweep would arm what keeps nothing anew, for ever
    }
    # The sweep decides by the booking itself what is due, if anything.
    db["bookings"].update_many(forgotten, {"$set": {"next_due_at": datetime.now(UTC)}})


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Undo it; lines of the new account stay, as nothing in the ledger is ever changed."""
    drop_indexes(db, INDEXES)
    _set_accounts(db, _BEFORE)


def _set_accounts(db: Database[dict[str, Any]], accounts: list[str]) -> None:
    rule = {
        "$jsonSchema": {
            "bsonType": "object",
            "required": ["_id", "entry_id", "booking_id", "provider_id", "account", "amount", "reason", "at"],
            "properties": {"account": {"enum": accounts}, "amount": _AMOUNT, "at": {"bsonType": "date"}},
        }
    }
    db.command("collMod", "ledger_entries", validator=rule, validationLevel="strict")
