"""The baseline of sweeping due bookings: the same documents written for each, one transaction each, so many at once.

What to write is what the measured function itself wrote for one booking, captured beforehand; nothing is decided.
"""

import asyncio
import os
import uuid
from pathlib import Path
from typing import Any

from bson import json_util
from pymongo import AsyncMongoClient

_loop = asyncio.new_event_loop()
_client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(os.environ["MONGODB_URI"], w="majority")
_database = _client[os.environ["MONGODB_DATABASE"]]
_written: dict[str, list[dict[str, Any]]] = json_util.loads(Path(os.environ["BENCH_DOCUMENTS"]).read_text())


def handler(event: dict[str, Any], _context: object) -> dict[str, int]:
    """Write the end of the bookings that the event names, ``width`` of them at once."""
    return _loop.run_until_complete(_write_all(event["ids"], event["width"]))


async def _write_all(ids: list[str], width: int) -> dict[str, int]:
    for start in range(0, len(ids), width):
        await asyncio.gather(*(_write(each) for each in ids[start : start + width]))
    return {"written": len(ids)}


async def _write(booking_id: str) -> None:
    async with _client.start_session() as session, await session.start_transaction():
        changed = {name: value for name, value in _written["bookings"][0].items() if name not in {"_id", "charges"}}
        await _database["bookings"].update_one({"_id": booking_id}, {"$set": changed}, session=session)
        for collection, documents in _written.items():
            if collection != "bookings":
                rows = [{**row, "_id": uuid.uuid4().hex, "booking_id": booking_id} for row in documents]
                await _database[collection].insert_many(rows, session=session)
