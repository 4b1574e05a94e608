"""What calls ask of the database, told by the database itself: commands, keys and documents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from pymongo.asynchronous.database import AsyncDatabase

_OFF, _ALL = 0, 2
_PROFILE = "system.profile"
_PROFILE_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True)
class Examined:
    """What a call asked of the database.

    Attributes:
        commands: How many it sent.
        keys: Keys of indexes that were looked at.
        documents: Documents that were looked at.
        sorts: Commands that sorted in memory.
    """

    commands: int
    keys: int
    documents: int
    sorts: int


async def examined(db: AsyncDatabase[dict[str, Any]], call: Callable[[], Awaitable[object]]) -> Examined:
    """Let a call be watched by the database's profiler."""
    await db.command("profile", _OFF)
    await db[_PROFILE].drop()
    await db.create_collection(_PROFILE, capped=True, size=_PROFILE_BYTES)
    await db.command("profile", _ALL)
    try:
        await call()
    finally:
        await db.command("profile", _OFF)
    rows = [row async for row in db[_PROFILE].find({"ns": {"$not": {"$regex": r"system\.profile$"}}})]
    await db[_PROFILE].drop()
    return Examined(
        commands=len(rows),
        keys=sum(row.get("keysExamined", 0) for row in rows),
        documents=sum(row.get("docsExamined", 0) for row in rows),
        sorts=sum(bool(row.get("hasSortStage")) for row in rows),
    )
