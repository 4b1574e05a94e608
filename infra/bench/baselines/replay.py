"""The warm baseline: the very commands that the measured request sends, by the bare driver, then ``json.dumps``."""

import asyncio
import json
import os
from pathlib import Path
from typing import Any

from bson import json_util
from pymongo import AsyncMongoClient

_loop = asyncio.new_event_loop()
_client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(os.environ["MONGODB_URI"], w="majority")
_database = _client[os.environ["MONGODB_DATABASE"]]
_commands: list[dict[str, Any]] = json_util.loads(Path(os.environ["BENCH_COMMANDS"]).read_text())


def handler(_event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answer what the database answered."""
    body = json.dumps(_loop.run_until_complete(_replay()), default=str)
    return {"statusCode": 200, "headers": {"content-type": "application/json"}, "body": body}


async def _replay() -> list[Any]:
    found: list[Any] = []
    for command in _commands:
        answer = await _database.command(command)
        found.append(answer["cursor"]["firstBatch"] if "cursor" in answer else answer.get("value"))
    return found
