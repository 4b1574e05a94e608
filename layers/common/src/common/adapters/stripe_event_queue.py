"""The SQS queue between receiving Stripe's events and processing them."""

import asyncio
import json
from functools import cached_property
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from mypy_boto3_sqs.client import SQSClient

_CONNECT_SECONDS = 2
_ANSWER_SECONDS = 3


class SqsStripeEvents:
    """``StripeEventQueue`` over SQS; botocore is imported at the first event.

    Args:
        queue_url: the queue.
    """

    def __init__(self, queue_url: str) -> None:
        self._queue_url = queue_url

    async def send(self, event_id: str) -> bool:
        """Queue one event by id; ``False`` if the queue could not be reached."""
        return await asyncio.to_thread(self._send, event_id)

    @cached_property
    def _client(self) -> "SQSClient":
        # botocore without boto3, which would load its resources too; 100 ms that most invocations never need.
        from botocore.config import Config  # noqa: PLC0415
        from botocore.session import get_session  # noqa: PLC0415

        config = Config(
            connect_timeout=_CONNECT_SECONDS,
            read_timeout=_ANSWER_SECONDS,
            retries={"max_attempts": 2, "mode": "standard"},
        )
        return cast("SQSClient", get_session().create_client("sqs", config=config))

    def _send(self, event_id: str) -> bool:
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

        try:
            self._client.send_message(QueueUrl=self._queue_url, MessageBody=json.dumps({"event_id": event_id}))
        except (BotoCoreError, ClientError):
            return False
        return True
