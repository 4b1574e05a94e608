"""What all baselines share: one loop, one client, one answer's shape."""

import asyncio
import json
import os
from collections.abc import Awaitable
from datetime import UTC, datetime
from typing import Any

from pymongo import AsyncMongoClient

Document = dict[str, Any]

loop = asyncio.new_event_loop()
client: AsyncMongoClient[Document] = AsyncMongoClient(os.environ["MONGODB_URI"], w="majority", tz_aware=True)
database = client[os.environ["MONGODB_DATABASE"]]
#: Ids of the world, and of the booking that was made beforehand.
ids: dict[str, str] = json.loads(os.environ.get("BENCH_IDS", "{}"))
#: Of an account, what says whether it may act.
STATE = {"is_active": 1, "session_epoch": 1, "ended_sign_ins": 1, "roles": 1, "deleted_at": 1}


def answer(work: Awaitable[Any], status: int = 200) -> Document:
    """Run the work, and answer what it found as JSON."""
    body = json.dumps(loop.run_until_complete(_value(work)), default=str)
    return {"statusCode": status, "headers": {"content-type": "application/json"}, "body": body}


async def _value(work: Awaitable[Any]) -> Any:
    return await work


async def count_request(kind: str) -> None:
    """One more request of an address: the write that any limit of a rate needs."""
    row = {"_id": f"bench:{kind}:{datetime.now(UTC):%H%M}"}
    await database["rate_limits"].update_one(row, {"$inc": {"requests": 1}}, upsert=True)
