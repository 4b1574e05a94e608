"""Listings say where it can be done: all of them are for visits until their service says otherwise.

Services and bookings need nothing: what has no kind of place is a visit (``common.domain.catalogue.place_kinds``).
What the release before writes of listings while this is applied is found without ``place_kind``; ``rebuild listings``
after the deployment, which is safe beside live traffic, makes it found with one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infra.ops.migrations.batches import update_in_batches

if TYPE_CHECKING:
    from pymongo.database import Database

name = "0101_place_kinds"
dependencies = ["0093_search_stems"]
_LISTINGS = ("service_listings", "provider_listings")
_FIELDS = ["place_kinds", "visit_m"]


def upgrade(db: Database[dict[str, Any]]) -> None:
    """Add the fields, and each category's token with the kind of place."""
    tag = {"$concat": ["#", "$$slug", "@customer"]}
    tags = {"$map": {"input": "$categories", "as": "slug", "in": tag}}
    change = {
        "place_kinds": ["customer"],
        "visit_m": "$reach_m",
        "tokens": {"$concatArrays": ["$tokens", {"$setDifference": [tags, "$tokens"]}]},
    }
    for listings in _LISTINGS:
        update_in_batches(db[listings], {"place_kinds": {"$exists": False}}, [{"$set": change}])


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Take fields and tokens away; the release before shows what is done elsewhere as visits."""
    words = {"$filter": {"input": "$tokens", "cond": {"$eq": [{"$indexOfCP": ["$$this", "@"]}, -1]}}}
    for listings in _LISTINGS:
        changes: list[dict[str, Any]] = [{"$set": {"tokens": words}}, {"$unset": _FIELDS}]
        update_in_batches(db[listings], {"place_kinds": {"$exists": True}}, changes)
