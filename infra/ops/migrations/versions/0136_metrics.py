"""The collections of figures by day and of the schedule that counts them; they are found by id alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pymongo.database import Database

name = "0136_metrics"
dependencies = ["0001_base"]

_COLLECTIONS = ("metrics_days", "metrics_runs")


def upgrade(db: Database[dict[str, Any]]) -> None:
    """Create the collections."""
    known = db.list_collection_names()
    for collection in _COLLECTIONS:
        if collection not in known:
            db.create_collection(collection)


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Drop them; figures are counted anew."""
    for collection in _COLLECTIONS:
        db.drop_collection(collection)
