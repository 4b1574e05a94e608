"""The least worker: PyMongo as it comes, one document read by its id."""

import asyncio
import os
from typing import Any

from pymongo import AsyncMongoClient

_loop = asyncio.new_event_loop()
_client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(os.environ["MONGODB_URI"], w="majority")


def handler(_event: dict[str, Any], _context: object) -> None:
    """Read one document."""
    _loop.run_until_complete(_client[os.environ["MONGODB_DATABASE"]]["users"].find_one({"_id": "none"}))
