"""What all baselines share: one loop, one client, one answer's shape."""

import asyncio
import json
import os
from collections.abc import Awaitable
from datetime import UTC, datetime
from typing import Any

from pymongo import AsyncMongoClient
from pymongo.asynchronous.collection import AsyncCollection

Document = dict[str, Any]

loop = asyncio.new_event_loop()


class _Database:
    """The database, which a restore connects anew."""

    def __init__(self) -> None:
        self.connect(os.environ["MONGODB_URI"])

    def connect(self, uri: str) -> None:
        """Make the client; it connects at its first command."""
        self.client: AsyncMongoClient[Document] = AsyncMongoClient(uri, w="majority", tz_aware=True)
        self.connected = self.client[os.environ["MONGODB_DATABASE"]]

    async def ping(self) -> None:
        """Open a connection."""
        await self.connected.command("ping")

    def __getitem__(self, name: str) -> AsyncCollection[Document]:
        return self.connected[name]


database = _Database()
client = database.client
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


async def service_with_provider(service_id: str) -> Document:
    """A service, and whose it is as the one of the list ``provider``, by one command."""
    with_provider = [
        {"$match": {"_id": service_id}},
        {"$lookup": {"from": "providers", "localField": "provider_id", "foreignField": "_id", "as": "provider"}},
    ]
    [found] = await (await database["services"].aggregate(with_provider)).to_list(1)
    return found


async def count_request(kind: str) -> None:
    """One more request of an address: the write that any limit of a rate needs."""
    row = {"_id": f"bench:{kind}:{datetime.now(UTC):%H%M}"}
    await database["rate_limits"].update_one(row, {"$inc": {"requests": 1}}, upsert=True)
