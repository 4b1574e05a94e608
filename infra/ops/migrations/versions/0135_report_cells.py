"""Counters of reports by cell and week, and the collection of what models have said of reports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pymongo import ASCENDING, IndexModel

from infra.ops.migrations.indexes import create_indexes, drop_indexes

if TYPE_CHECKING:
    from pymongo.database import Database

name = "0135_report_cells"
dependencies = ["0001_base"]

#: Longer than hotspots look back, so that no week goes that is still read.
_KEPT_SECONDS = 400 * 24 * 60 * 60
_VERDICTS = "verdicts"

INDEXES = {
    "report_cells": [
        IndexModel([("cell", ASCENDING), ("week", ASCENDING)], name="cell_weeks"),
        IndexModel([("week", ASCENDING)], name="ttl", expireAfterSeconds=_KEPT_SECONDS),
    ],
}


def upgrade(db: Database[dict[str, Any]]) -> None:
    """Create the indexes, and the collection that needs none."""
    create_indexes(db, INDEXES)
    if _VERDICTS not in db.list_collection_names():
        db.create_collection(_VERDICTS)


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Undo it."""
    drop_indexes(db, INDEXES)
    db.drop_collection(_VERDICTS)
