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
_url = os.environ["NOTIFICATIONS_QUEUE_URL"]


async def publish(events: Sequence[Document]) -> None:
    """Send events, and mark them as sent; those that are lost here stay in the outbox."""
    if not events:
        return
    entries = [{"Id": str(number), "MessageBody": json.dumps(row, default=str)} for number, row in enumerate(events)]
    await asyncio.to_thread(_queue.send_message_batch, QueueUrl=_url, Entries=entries)
    sent = {"$set": {"published_at": datetime.now(UTC)}}
    await database["outbox"].update_many({"_id": {"$in": [row["_id"] for row in events]}}, sent)
