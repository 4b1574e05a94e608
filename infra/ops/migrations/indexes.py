"""Helpers of the steps that create indexes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pymongo import IndexModel
    from pymongo.database import Database


def create_indexes(db: Database[dict[str, Any]], indexes: Mapping[str, Sequence[IndexModel]]) -> None:
    """Create indexes, one command for each collection; those that exist stay as they are.

    Args:
        db: the database.
        indexes: index models by collection; each must have a ``name``, which tests of query plans refer to.
    """
    for collection, models in indexes.items():
        db[collection].create_indexes(list(models))


def drop_indexes(db: Database[dict[str, Any]], indexes: Mapping[str, Sequence[IndexModel]]) -> None:
    """Drop the same indexes again; those that are gone already are passed over."""
    for collection, models in indexes.items():
        existing = set(db[collection].index_information())
        for name in (model.document["name"] for model in models):
            if name in existing:
                db[collection].drop_index(name)
