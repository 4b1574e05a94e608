"""Counters of listings for facets and popular categories, and the changes that wait to be counted.

Where nothing is listed yet they are right as they are. Elsewhere ``python -m infra.ops rebuild facets`` builds them
once the new release serves, and until then searches count listings one by one, as before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pymongo.database import Database

name = "0117_facet_counters"
dependencies = ["0115_received_events"]

_COLLECTIONS = ("facet_counters", "facet_changes")
_LISTINGS = ("service_listings", "provider_listings")


def upgrade(db: Database[dict[str, Any]]) -> None:
    """Create the collections, and say whether what is counted is all there is."""
    existing = set(db.list_collection_names())
    for collection in _COLLECTIONS:
        if collection not in existing:
            db.create_collection(collection)
    is_built = all(db[listings].find_one({}, {"_id": 1}) is None for listings in _LISTINGS)
    db["facet_counters"].update_one({"_id": "state"}, {"$setOnInsert": {"is_built": is_built}}, upsert=True)


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Drop both; the release before needs neither."""
    for collection in _COLLECTIONS:
        db.drop_collection(collection)
