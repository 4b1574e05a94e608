"""An index of the operations that somebody has, by the end of the lease: what is left over there was abandoned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pymongo import ASCENDING, IndexModel

from infra.ops.migrations.indexes import create_indexes, drop_indexes

if TYPE_CHECKING:
    from pymongo.database import Database

name = "0104_leases"
dependencies = ["0062_payment_records"]

#: A result and a release both end the lease, so that the index holds what is being worked on and little else.
INDEXES = {"payment_operations": [IndexModel([("locked_until", ASCENDING)], name="leases", sparse=True)]}


def upgrade(db: Database[dict[str, Any]]) -> None:
    """Create the index."""
    create_indexes(db, INDEXES)


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Drop the index."""
    drop_indexes(db, INDEXES)
