"""The SQS queue between receiving Stripe's events and processing them."""

import asyncio
import json

from common.adapters.aws.sqs_api import SqsApi, SqsError

#: How long one call waits for the queue.
SECONDS = {"connect_seconds": 1, "read_seconds": 2}


class SqsStripeEvents:
    """``StripeEventQueue`` over SQS.

    Args:
        queue_url: the queue.
    """

    def __init__(self, queue_url: str) -> None:
        self._queue_url = queue_url
        self._api = SqsApi(**SECONDS)

    async def send(self, event_id: str) -> bool:
        """Queue one event by id; ``False`` if the queue could not be reached."""
        return await asyncio.to_thread(self._send, event_id)

    def _send(self, event_id: str) -> bool:
        try:
            self._api.call("SendMessage", self._queue_url, {"MessageBody": json.dumps({"event_id": event_id})})
        except SqsError:
            return False
        return True
