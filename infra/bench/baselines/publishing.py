"""Sending events after they have committed, in the least code."""

import asyncio
import json
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import boto3

from infra.bench.baselines.connection import Document, database

_queue: Any = boto3.client("sqs")
_urls = {
    "notifications": os.environ["NOTIFICATIONS_QUEUE_URL"],
    "payments": os.environ["PAYMENT_CHECKS_QUEUE_URL"],
    "realtime": os.environ["REALTIME_QUEUE_URL"],
    "matching": os.environ["MATCHING_QUEUE_URL"],
    "reports": os.environ["REPORTS_QUEUE_URL"],
}
#: The longest that SQS delays.
_DELAY_SECONDS = 900


async def publish(events: Sequence[Document]) -> None:
    """Send events, and mark them as sent; those that are lost here stay in the outbox."""
    if not events:
        return
    queues: dict[str, list[Document]] = {}
    for row in events:
        queues.setdefault(_urls[row.get("topic", "notifications")], []).append(row)
    for url, rows in queues.items():
        await asyncio.to_thread(_queue.send_message_batch, QueueUrl=url, Entries=list(map(_entry, rows)))
    sent = {"$set": {"published_at": datetime.now(UTC)}}
    await database["outbox"].update_many({"_id": {"$in": [row["_id"] for row in events]}}, sent)


def _entry(row: Document) -> Document:
    delay = _DELAY_SECONDS if row.get("not_before") else 0
    return {"Id": row["_id"], "MessageBody": json.dumps(row, default=str), "DelaySeconds": delay}
