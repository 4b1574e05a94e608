"""The SQS queue between receiving Stripe's events and processing them."""

import json

from common.adapters.aws.sqs_client import SqsCaller, SqsError, traced_message


class SqsStripeEvents:
    """``StripeEventQueue`` over SQS.

    Args:
        sqs: calls SQS.
        queue_url: the queue.
    """

    def __init__(self, sqs: SqsCaller, queue_url: str) -> None:
        self._sqs = sqs
        self._queue_url = queue_url

    async def send(self, event_id: str) -> bool:
        """Queue one event by id; ``False`` if the queue could not be reached."""
        body = json.dumps({"event_id": event_id})
        try:
            await self._sqs.call("send_message", QueueUrl=self._queue_url, MessageBody=body, **traced_message())
        except SqsError:
            return False
        return True
