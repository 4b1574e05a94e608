"""Changing many documents a bounded number at a time, so that no command runs for long."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pymongo.collection import Collection

#: Documents that one command looks at.
SIZE = 2_000


def update_in_batches(
    collection: Collection[dict[str, Any]],
    where: Mapping[str, Any],
    pipeline: Sequence[Mapping[str, Any]],
    *,
    size: int = SIZE,
) -> None:
    """Update the documents that match, in order of their ids; the server computes the new values.

    Args:
        collection: whose documents.
        where: what is changed; documents that are done must not match, so that a step that died can go on.
        pipeline: stages of an update (https://www.mongodb.com/docs/manual/tutorial/update-documents-with-aggregation-pipeline/).
        size: documents that one command looks at.
    """
    bound: dict[str, Any] = {}
    while True:
        ids = [row["_id"] for row in collection.find(bound, {"_id": 1}).sort("_id", 1).limit(size)]
        if not ids:
            return
        collection.update_many({**where, "_id": {"$gte": ids[0], "$lte": ids[-1]}}, list(pipeline))
        bound = {"_id": {"$gt": ids[-1]}}
