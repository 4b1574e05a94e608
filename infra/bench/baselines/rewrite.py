"""A writing request's baseline: the very commands that it sends, in the same transactions, by the bare driver."""

import asyncio
import json
import os
import uuid
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from bson import json_util
from pymongo import AsyncMongoClient

_loop = asyncio.new_event_loop()
_client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(os.environ["MONGODB_URI"], w="majority")
_database = _client[os.environ["MONGODB_DATABASE"]]
#: Runs of commands: those of one transaction together.
_units: list[dict[str, Any]] = json_util.loads(Path(os.environ["BENCH_COMMANDS"]).read_text())


def handler(_event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answer what the database answered."""
    body = json.dumps(_loop.run_until_complete(_replay()), default=str)
    return {"statusCode": 200, "headers": {"content-type": "application/json"}, "body": body}


async def _replay() -> list[Any]:
    found: list[Any] = []
    for unit in _units:
        async with AsyncExitStack() as stack:
            session = None
            if unit["in_transaction"]:
                session = await stack.enter_async_context(_client.start_session())
                await stack.enter_async_context(await session.start_transaction())
            for command in unit["commands"]:
                answer = await _database.command(_renewed(command, unit["unique"]), session=session)
                found.append(answer["cursor"]["firstBatch"] if "cursor" in answer else answer.get("value"))
    return found


def _renewed(command: dict[str, Any], unique: dict[str, list[str]]) -> dict[str, Any]:
    """What makes a document makes another one each time, as each request is another person's."""
    if command.get("upsert") and "_id" in command["query"]:
        return {**command, "query": {**command["query"], "_id": uuid.uuid4().hex}}
    if "insert" not in command:
        return command
    names = unique.get(command["insert"], [])
    rows = [{**row, **{name: uuid.uuid4().hex for name in names if name in row}} for row in command["documents"]]
    return {**command, "documents": rows}
