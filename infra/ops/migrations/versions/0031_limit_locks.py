"""One document for each provider with limits, which bookings that may be its last ones of a day or week write to.

A transaction cannot make a collection while another one does, so it is made here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pymongo.database import Database

name = "0031_limit_locks"
dependencies = ["0020_bookings"]
_COLLECTION = "limit_locks"


def upgrade(db: Database[dict[str, Any]]) -> None:
    """Make the collection."""
    if _COLLECTION not in db.list_collection_names():
        db.create_collection(_COLLECTION)


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Drop it."""
    db[_COLLECTION].drop()
