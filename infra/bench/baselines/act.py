"""The baseline of one action on a booking: the same reads, the same writes in one transaction, by the bare driver.

What to write is what the measured function itself wrote for one such action, captured beforehand.
"""

import asyncio
import json
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


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Act: the body names the caller and the booking."""
    answer = _loop.run_until_complete(_act(json.loads(event["body"])))
    return {"statusCode": 200, "headers": {"content-type": "application/json"}, "body": answer}


async def _act(request: dict[str, Any]) -> str:
    await _database["users"].find_one({"_id": request["caller_id"]}, {"is_active": 1, "session_epoch": 1, "roles": 1})
    stored = await _database["bookings"].find_one({"_id": request["booking_id"]}) or {}
    changed = {**_written["bookings"][0], "_id": stored["_id"], "charges": stored["charges"]}
    async with _client.start_session() as session, await session.start_transaction():
        version = {"_id": stored["_id"], "version": stored["version"]}
        await _database["bookings"].replace_one(version, changed, session=session)
        for collection in ("booking_history", "outbox"):
            rows = [{**row, "_id": uuid.uuid4().hex, "booking_id": stored["_id"]} for row in _written[collection]]
            await _database[collection].insert_many(rows, session=session)
    return json.dumps(changed, default=str)
