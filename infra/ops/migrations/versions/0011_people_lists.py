"""Indexes behind staff's lists, a person's export, and the retirement of used refresh tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pymongo import ASCENDING, DESCENDING, IndexModel

from infra.ops.migrations.indexes import create_indexes, drop_indexes

if TYPE_CHECKING:
    from pymongo.database import Database

name = "0011_people_lists"
dependencies = ["0010_identity"]


def _of(field: str, index_name: str) -> IndexModel:
    return IndexModel([(field, ASCENDING), ("_id", DESCENDING)], name=index_name)


INDEXES = {
    "users": [_of("roles", "roles_newest")],
    "providers": [_of("status", "status_oldest")],
    "ratings": [_of("author_id", "author_newest")],
    "booking_intents": [_of("user_id", "user_newest")],
    "refresh_tokens": [_of("user_id", "user_newest")],
    "subscriptions": [_of("provider_id", "provider_newest")],
}


def upgrade(db: Database[dict[str, Any]]) -> None:
    """Create the indexes."""
    create_indexes(db, INDEXES)


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Drop the indexes."""
    drop_indexes(db, INDEXES)
