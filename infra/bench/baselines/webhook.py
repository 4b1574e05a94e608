"""The baseline of taking a webhook in: verify the signature, store the event, queue its id, each in the least code."""

import asyncio
import hashlib
import hmac
import json
import os
import uuid
from typing import Any

import boto3
from pymongo import AsyncMongoClient

_loop = asyncio.new_event_loop()
_client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(os.environ["MONGODB_URI"], w="majority")
_events = _client[os.environ["MONGODB_DATABASE"]]["bench_webhook_events"]
_queue: Any = boto3.client("sqs")


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Take one signed event in; it is stored under a fresh id each time."""
    signature = dict(part.split("=", 1) for part in event["headers"]["stripe-signature"].split(","))
    signed = f"{signature['t']}.{event['body']}".encode()
    expected = hmac.new(os.environ["STRIPE_WEBHOOK_SECRETS"].encode(), signed, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected, signature["v1"]):
        return {"statusCode": 400}
    _loop.run_until_complete(_take_in(json.loads(event["body"])))
    return {"statusCode": 200, "headers": {"content-type": "application/json"}, "body": '{"received": true}'}


async def _take_in(found: dict[str, Any]) -> None:
    row = {"_id": uuid.uuid4().hex, "type": found["type"], "created": found["created"], "object": found["data"]}
    await _events.insert_one(row)
    url = os.environ["STRIPE_EVENTS_QUEUE_URL"]
    message = json.dumps({"event_id": found["id"]})
    await asyncio.to_thread(_queue.send_message, QueueUrl=url, MessageBody=message)
