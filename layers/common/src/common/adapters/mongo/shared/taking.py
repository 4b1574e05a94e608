"""Taking rows for one caller alone: of several that ask at once, each row is given to one of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import uuid4

from pydantic import ValidationError

from common.adapters.mongo.shared.database import Collection, Document
from common.adapters.mongo.shared.documents import M, from_document
from common.application.ports.shared.due import Due


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


def due_filter(now: datetime, field: str = "next_due_at") -> Document:
    """What is due by a field; the partial index serves only queries that repeat its condition on the type.

    Who takes a row moves ``next_due_at`` to the end of the lease, so that nothing taken is read again before.
    """
    return {field: {"$type": "date", "$lte": now}}


async def take_due(rows: Collection, kind: type[M], now: datetime, *, until: datetime, limit: int) -> Due[M]:
    """Take due rows under a lease, the longest overdue first; every replacement of a row ends its lease.

    The lease is the next instant at which the row is due. A row that cannot be read is set aside, so that it keeps
    nothing else waiting.

    Args:
        rows: the collection.
        kind: the model of its rows.
        now: the present instant.
        until: the end of the lease.
        limit: how many rows at most.
    """
    order = [("next_due_at", 1), ("_id", 1)]
    return readable(
        kind,
        await take(rows, due_filter(now), {"next_due_at": until}, mark="lease.token", limit=limit, order=order),
    )


def readable(kind: type[M], taken: Taken) -> Due[M]:
    """What was taken, those rows set aside that are none of the model."""
    found, unreadable = [], []
    for row in taken.rows:
        try:
            found.append(from_document(kind, row))
        except ValidationError:
            unreadable.append(str(row["_id"]))
    return Due(found, unreadable, is_all=taken.is_all)
