"""Claims by resource: unique is a cell of a resource, which for every claim until now is its provider's own time.

The release before goes on writing claims without ``resource_id`` while this is applied and until it is replaced. Before
the old unique index goes there is one in which such claims meet each other and those of a provider's own time in the
new shape: neither kind has ``further_resource_id``, and a unique index takes a missing field for null.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pymongo import ASCENDING, IndexModel

from infra.ops.migrations.batches import update_in_batches
from infra.ops.migrations.indexes import create_indexes, drop_indexes

if TYPE_CHECKING:
    from pymongo.database import Database

name = "0099_resources"
dependencies = ["0090_holds"]

INDEXES = {
    "slot_claims": [
        IndexModel(
            [("resource_id", ASCENDING), ("cells", ASCENDING)],
            name="resource_cells",
            unique=True,
            partialFilterExpression={"resource_id": {"$gt": ""}},
        ),
        IndexModel(
            [("provider_id", ASCENDING), ("further_resource_id", ASCENDING), ("cells", ASCENDING)],
            name="provider_further_cells",
            unique=True,
        ),
        IndexModel([("resource_id", ASCENDING), ("start_at", ASCENDING)], name="resource_start"),
    ],
}
OLD_INDEXES = {
    "slot_claims": [
        IndexModel([("provider_id", ASCENDING), ("cells", ASCENDING)], name="provider_cells", unique=True),
    ],
}


def upgrade(db: Database[dict[str, Any]]) -> None:
    """Name each claim's resource, make the new indexes, and only then drop the old one."""
    claims = db["slot_claims"]
    update_in_batches(claims, {"resource_id": {"$exists": False}}, [{"$set": {"resource_id": "$provider_id"}}])
    create_indexes(db, INDEXES)
    drop_indexes(db, OLD_INDEXES)


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Bring the old index back; it stops at a booking that claims several resources, which it cannot hold."""
    create_indexes(db, OLD_INDEXES)
    drop_indexes(db, INDEXES)
    fields = ["resource_id", "further_resource_id"]
    update_in_batches(db["slot_claims"], {"resource_id": {"$exists": True}}, [{"$unset": fields}])
