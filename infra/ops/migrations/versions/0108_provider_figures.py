"""Indexes from which the server makes a provider's sums without reading a document.

What a booking adds to earnings is stored with it from this release on. Sums over what was stored before read those
bookings one after the other, until ``python -m infra.ops rebuild earnings`` has given them theirs: commission follows
rules of the domain, which are written once, in Python.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pymongo import ASCENDING, IndexModel

from infra.ops.migrations.indexes import create_indexes, drop_indexes

if TYPE_CHECKING:
    from pymongo.database import Database

name = "0108_provider_figures"
dependencies = ["0062_payment_records"]

_FIGURES = ("bookings", "expected", "held", "paid_out", "set_off", "owed", "commission")
_BOOKING = (
    *("provider_id", "slot.start_at", "status", "cancelled_by", "price.total.currency"),
    *(f"figures.{figure}" for figure in _FIGURES),
)
_LINE = ("provider_id", "account", "at", "amount.currency", "reason", "amount.amount")

INDEXES = {
    "bookings": [
        IndexModel(
            [(field, ASCENDING) for field in _BOOKING],
            name="provider_figures",
            # Holds all bookings. A list, which does not repeat it, would take this index and sort in memory.
            partialFilterExpression={"slot.start_at": {"$type": "date"}},
        ),
    ],
    "ledger_entries": [
        IndexModel(
            [(field, ASCENDING) for field in _LINE],
            name="provider_held",
            partialFilterExpression={"account": "held"},
        ),
    ],
}


def upgrade(db: Database[dict[str, Any]]) -> None:
    """Create the indexes."""
    create_indexes(db, INDEXES)


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Drop the indexes."""
    drop_indexes(db, INDEXES)
