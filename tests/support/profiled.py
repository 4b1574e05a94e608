"""What the database did for some work, told by its own profiler."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from common.adapters.mongo.shared.database import Document, Mongo

_OFF, _ALL = 0, 2
_PROFILE = "system.profile"


@asynccontextmanager
async def profiled(mongo: Mongo, *collections: str) -> AsyncIterator[list[Document]]:
    """Collect what the server writes down about each operation within the block, in order, at the end of the block.

    Its log is removed again: a database with one more collection is not handed to another test.

    Args:
        mongo: the connection.
        collections: only what was done on these; without any, on all.
    """
    rows: list[Document] = []
    await mongo.db.command("profile", _ALL)
    try:
        yield rows
    finally:
        await mongo.db.command("profile", _OFF)
        done = await mongo.db[_PROFILE].find().to_list()
        await mongo.db.drop_collection(_PROFILE)
    named = [(row["ns"].partition(".")[2], row) for row in done]
    rows += [row for name, row in named if (name in collections if collections else name != _PROFILE)]
