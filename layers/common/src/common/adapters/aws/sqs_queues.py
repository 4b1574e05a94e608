"""The queues with their dead letters, as SQS counts them."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from common.adapters.aws.sqs_client import SqsCaller, SqsError
from common.application.ports.admin.queues import Depth, Moved
from common.domain.shared.errors import Unavailable

_WAITING, _IN_FLIGHT = "ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"
#: Messages of one call (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html).
_BATCH = 10


class SqsQueues:
    """Implements ``Queues``.

    Args:
        sqs: calls SQS.
        urls: of each queue by name, its own address and that of its dead letters.
    """

    def __init__(self, sqs: SqsCaller, urls: Mapping[str, tuple[str, str]]) -> None:
        self._sqs = sqs
        self._urls = urls

    def names(self) -> Sequence[str]:
        """The queues there are."""
        return list(self._urls)

    async def depth(self, name: str) -> Depth:
        """How much is in a queue (see the port)."""
        (waiting, in_flight), (dead, taken) = await asyncio.gather(*(self._counts(url) for url in self._urls[name]))
        return Depth(waiting, in_flight, dead + taken)

    async def redrive(self, name: str, *, most: int) -> Moved:
        """Send dead letters to work again (see the port).

        Each is sent before it is deleted, so that one that is cut short is there twice rather than never; consumers do
        each event once. A task of SQS's own (``StartMessageMoveTask``) would not say what it moved.
        """
        url, dead_url = self._urls[name]
        count = 0
        while count < most:
            found = await self._call(
                "receive_message",
                QueueUrl=dead_url,
                MaxNumberOfMessages=min(_BATCH, most - count),
                MessageAttributeNames=["All"],
            )
            messages = found.get("Messages", [])
            if not messages:
                return Moved(count, is_all=True)
            sent = await self._send(url, messages)
            if not sent:
                raise Unavailable("The queue did not take them.")
            await self._call(
                "delete_message_batch",
                QueueUrl=dead_url,
                Entries=[{"Id": str(place), "ReceiptHandle": messages[place]["ReceiptHandle"]} for place in sent],
            )
            count += len(sent)
        return Moved(count, is_all=False)

    async def _send(self, url: str, messages: Sequence[Mapping[str, Any]]) -> list[int]:
        """Send messages as they are; returns the places of those that were taken."""
        entries = [
            {
                "Id": str(place),
                "MessageBody": each["Body"],
                **({"MessageAttributes": given} if (given := each.get("MessageAttributes")) else {}),
            }
            for place, each in enumerate(messages)
        ]
        answer = await self._call("send_message_batch", QueueUrl=url, Entries=entries)
        return [int(each["Id"]) for each in answer.get("Successful", ())]

    async def _counts(self, url: str) -> tuple[int, int]:
        """Messages that wait and that are in flight."""
        answer = await self._call("get_queue_attributes", QueueUrl=url, AttributeNames=[_WAITING, _IN_FLIGHT])
        found = answer["Attributes"]
        return int(found[_WAITING]), int(found[_IN_FLIGHT])

    async def _call(self, method: str, **parameters: Any) -> dict[str, Any]:
        try:
            return await self._sqs.call(method, **parameters)
        except SqsError as error:
            raise Unavailable("The queue does not answer.", code="queue_unavailable") from error
