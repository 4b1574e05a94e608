"""Baselines of realtime: one find of a stream, and a message that goes through a queue to a socket with nothing around.

``BENCH_SOCKETS`` is the address of the sockets, ``BENCH_CONNECTION`` the id of the one that is written to. Left out of
the hop: storing the message, the stream and its numbers, who may see it, and which connections there are.
"""

import asyncio
import json
import os
import uuid
from typing import Any

import boto3
from botocore.config import Config

from infra.bench.baselines.connection import STATE, Document, answer, database, ids, loop

_queue: Any = boto3.client("sqs")
_sockets: Any = (
    boto3.client("apigatewaymanagementapi", endpoint_url=address, config=Config(retries={"total_max_attempts": 1}))
    if (address := os.environ.get("BENCH_SOCKETS"))
    else None
)


def replaying(_event: Document, _context: object) -> Document:
    """May the account act; its stream of a hundred events."""
    return answer(_replay())


def sending(event: Document, _context: object) -> Document:
    """Hand what a client sends to the queue."""
    loop.run_until_complete(_send(event["body"]))
    return {"statusCode": 200}


def posting(event: Document, _context: object) -> None:
    """Hand the message to the socket."""
    loop.run_until_complete(_post(event["Records"][0]["body"]))


async def _replay() -> Any:
    return await asyncio.gather(
        database["users"].find_one({"_id": ids["customer"]}, STATE),
        database["realtime_streams"].find_one({"_id": ids["customer"]}),
    )


async def _send(body: str) -> None:
    entry = {"Id": uuid.uuid4().hex, "MessageBody": body}
    url = os.environ["REALTIME_QUEUE_URL"]
    await asyncio.to_thread(_queue.send_message_batch, QueueUrl=url, Entries=[entry])


async def _post(body: str) -> None:
    connection = os.environ["BENCH_CONNECTION"]
    data = json.dumps({"type": "events", "events": [json.loads(body)]}).encode()
    await asyncio.to_thread(_sockets.post_to_connection, ConnectionId=connection, Data=data)
