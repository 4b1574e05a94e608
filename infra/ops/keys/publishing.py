"""Public signing keys, where every function finds them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pymongo import MongoClient

from infra.ops.keys.key_set import public_keys

if TYPE_CHECKING:
    from collections.abc import Sequence

    from infra.ops.keys.key_set import KeySet

_CONNECT_MILLISECONDS = 10_000


def publish(uri: str, database: str, keys: KeySet, *, prune: bool = False) -> Sequence[str]:
    """Store the public halves in the collection ``signing_keys``; returns the ids that are published now.

    Args:
        uri: the server.
        database: the database's name.
        keys: the set.
        prune: also remove public keys that are not in the set, which ends the tokens they signed.
    """
    public = public_keys(keys)
    with MongoClient[dict[str, Any]](uri, serverSelectionTimeoutMS=_CONNECT_MILLISECONDS, w="majority") as client:
        collection = client[database]["signing_keys"]
        for kid, jwk in public:
            fields = {"jwk": jwk, "created_at": datetime.now(UTC)}
            collection.update_one({"_id": kid}, {"$setOnInsert": fields}, upsert=True)
        if prune:
            collection.delete_many({"_id": {"$nin": [kid for kid, _ in public]}})
        return [row["_id"] for row in collection.find({}, {"_id": 1}).sort("created_at", -1)]
