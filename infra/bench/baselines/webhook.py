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
    return answer(_take_in(json.loads(event["body"]))) if is_signed(event) else {"statusCode": 400}


def is_signed(event: Document) -> bool:
    """Whether the body is as Stripe signed it."""
    signature = dict(part.split("=", 1) for part in event["headers"]["stripe-signature"].split(","))
    signed = f"{signature['t']}.{event['body']}".encode()
    expected = hmac.new(os.environ["STRIPE_WEBHOOK_SECRETS"].encode(), signed, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected, signature["v1"])


async def queue_event(event_id: str) -> None:
    """Queue the id of a stored event."""
    url, message = os.environ["STRIPE_EVENTS_QUEUE_URL"], json.dumps({"event_id": event_id})
    await asyncio.to_thread(_queue.send_message, QueueUrl=url, MessageBody=message)


async def _take_in(found: Document) -> Document:
    row = {"_id": uuid.uuid4().hex, "type": found["type"], "created": found["created"], "object": found["data"]}
    await database["bench_webhook_events"].insert_one(row)
    await queue_event(found["id"])
    return {"received": True}
