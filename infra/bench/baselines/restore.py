"""The baseline of a restore: fetch the named secrets, connect, read once; the rest is in the snapshot, as with ours."""

import asyncio
import json
import os
from typing import Any

import boto3
from pymongo import AsyncMongoClient
from snapshot_restore_py import register_after_restore

_loop = asyncio.new_event_loop()
_secrets: Any = boto3.client("secretsmanager")
_names: list[str] = json.loads(os.environ["BENCH_SECRETS"])
_databases: list[Any] = []


def _restore() -> None:
    values = [_secrets.get_secret_value(SecretId=name)["SecretString"] for name in _names]
    _loop.run_until_complete(_connect(values[0]))


async def _connect(uri: str) -> None:
    client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(uri, w="majority")
    await client.admin.command("ping")
    _databases.append(client[os.environ["MONGODB_DATABASE"]])


register_after_restore(_restore)


def handler(_event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Read one document."""
    found = _loop.run_until_complete(_databases[0]["users"].find_one({"email": "aroha@example.com"}))
    body = json.dumps(found, default=str)
    return {"statusCode": 200, "headers": {"content-type": "application/json"}, "body": body}
