"""Taking rows for one caller alone: of several that ask at once, each row is given to one of them."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import uuid4

from common.adapters.mongo.shared.database import Collection, Document


class Taken(NamedTuple):
    """The rows that were taken, in the order that was asked for; ``is_all`` says that no more than these waited."""

    rows: Sequence[Document]
    is_all: bool


async def take(
    rows: Collection,
    waiting: Mapping[str, Any],
    change: Mapping[str, Any],
    *,
    mark: str,
    limit: int,
    order: Sequence[tuple[str, int]] | None = None,
) -> Taken:
    """Change rows that wait so that they wait no more, and give those that nobody else has changed first.

    Args:
        rows: the collection.
        waiting: what a row that waits looks like; the change ends that.
        change: the fields to set, values or expressions over the row.
        mark: the field that holds a token of the caller's, by which the rows are read.
        limit: how many rows at most.
        order: which come first; any where it is ``None``.
    """
    found = rows.find(waiting, {"_id": 1}).limit(limit)
    ids = [row["_id"] for row in await (found.sort(order) if order else found).to_list()]
    if not ids:
        return Taken([], is_all=True)
    token = uuid4().hex
    await rows.update_many({"_id": {"$in": ids}, **waiting}, [{"$set": {**change, mark: token}}])
    mine = rows.find({"_id": {"$in": ids}, mark: token}).limit(limit)
    by_id = {row["_id"]: row async for row in mine}
    return Taken([by_id[each] for each in ids if each in by_id], is_all=len(ids) < limit)
