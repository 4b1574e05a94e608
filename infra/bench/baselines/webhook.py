"""The baseline of taking a webhook in: verify the signature, store the event, queue its id, each in the least code."""

import asyncio
import hashlib
import hmac
import json
import os
import uuid
from typing import Any

import boto3

from infra.bench.baselines.connection import Document, answer, database

_queue: Any = boto3.client("sqs")


def handler(event: Document, _context: object) -> Document:
    """Take one signed event in; it is stored under a fresh id each time."""
    signature = dict(part.split("=", 1) for part in event["headers"]["stripe-signature"].split(","))
    signed = f"{signature['t']}.{event['body']}".encode()
    expected = hmac.new(os.environ["STRIPE_WEBHOOK_SECRETS"].encode(), signed, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected, signature["v1"]):
        return {"statusCode": 400}
    return answer(_take_in(json.loads(event["body"])))


async def _take_in(found: Document) -> Document:
    row = {"_id": uuid.uuid4().hex, "type": found["type"], "created": found["created"], "object": found["data"]}
    await database["bench_webhook_events"].insert_one(row)
    url = os.environ["STRIPE_EVENTS_QUEUE_URL"]
    message = json.dumps({"event_id": found["id"]})
    await asyncio.to_thread(_queue.send_message, QueueUrl=url, MessageBody=message)
    return {"received": True}
