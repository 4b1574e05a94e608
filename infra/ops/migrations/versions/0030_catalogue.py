"""Providers, services, the tree of categories, what searches read, and the words that searches know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pymongo import ASCENDING, DESCENDING, GEOSPHERE, IndexModel

from infra.ops.migrations.category_data import store_categories
from infra.ops.migrations.indexes import create_indexes, drop_indexes

if TYPE_CHECKING:
    from pymongo.database import Database

name = "0030_catalogue"
dependencies = ["0020_bookings"]

#: The fields behind an index's order are there so that filters on them need no document.
LISTING_INDEXES = [
    IndexModel(
        [
            ("tokens", ASCENDING),
            ("location", GEOSPHERE),
            ("category", ASCENDING),
            ("mean", ASCENDING),
            ("price", ASCENDING),
            ("reach_m", ASCENDING),
        ],
        name="near",
    ),
    IndexModel(
        [
            ("areas", ASCENDING),
            ("score", DESCENDING),
            ("_id", ASCENDING),
            ("mean", ASCENDING),
            ("price", ASCENDING),
            ("reach_m", ASCENDING),
        ],
        name="area_score",
    ),
    IndexModel(
        [
            ("areas", ASCENDING),
            ("price", ASCENDING),
            ("_id", ASCENDING),
            ("mean", ASCENDING),
            ("reach_m", ASCENDING),
        ],
        name="area_price",
    ),
    IndexModel(
        [
            ("tokens", ASCENDING),
            ("score", DESCENDING),
            ("_id", ASCENDING),
            ("category", ASCENDING),
            ("mean", ASCENDING),
            ("price", ASCENDING),
        ],
        name="token_score",
    ),
    IndexModel([("provider_id", ASCENDING)], name="provider"),
]

INDEXES = {
    "providers": [IndexModel([("user_id", ASCENDING)], name="user", unique=True)],
    "services": [
        IndexModel([("provider_id", ASCENDING), ("status", ASCENDING), ("_id", DESCENDING)], name="provider_status"),
    ],
    "service_listings": LISTING_INDEXES,
    "provider_listings": LISTING_INDEXES,
    "bookings": [
        IndexModel(
            [
                ("created_at", DESCENDING),
                ("service.category", ASCENDING),
                ("place.lat", ASCENDING),
                ("place.lng", ASCENDING),
            ],
            name="recent_categories",
        ),
    ],
    "search_terms": [
        IndexModel([("deletions", ASCENDING)], name="deletions"),
        IndexModel([("stem", ASCENDING)], name="stem"),
    ],
}


def _published_ratings(of: str) -> IndexModel:
    keys = [(of, ASCENDING), ("author_kind", ASCENDING), ("state", ASCENDING), ("published_at", DESCENDING)]
    return IndexModel([*keys, ("_id", DESCENDING), ("stars", ASCENDING)], name=f"{of}_published")


INDEXES["ratings"] = [_published_ratings("provider_id"), _published_ratings("service_id")]


def upgrade(db: Database[dict[str, Any]]) -> None:
    """Create the indexes and write the categories and their words."""
    create_indexes(db, INDEXES)
    store_categories(db)


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Drop the indexes and what the step wrote."""
    drop_indexes(db, INDEXES)
    for collection in ("categories", "search_terms", "service_listings", "provider_listings"):
        db[collection].drop()
