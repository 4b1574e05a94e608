"""What stands between functions and workers: the local SQS, and Lambda's part of reading it.

Messages are received in batches of the size that the template names, hidden meanwhile as long as it says, handed to the
worker, and deleted once it has taken them. What it gives back stays hidden, and comes again, as it would in AWS.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3

from infra.bench import production
from infra.bench.crowd.fleet import QUEUES, handler_of
from infra.bench.environments import BenchmarkError, PutBackError
from infra.local.ministack import server as ministack

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from infra.bench.crowd.fleet import Fleet

_WAIT_SECONDS = 1
_COUNTS = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]


@dataclass
class Delivered:
    """What queues have delivered so far.

    Attributes:
        messages: How many.
        batches: In how many batches.
        put_back: How many workers gave back.
    """

    messages: int = 0
    batches: int = 0
    put_back: int = 0


class Queues:
    """One side's queues.

    Args:
        aws_url: The local AWS.
        side: Tells their names apart.
    """

    def __init__(self, aws_url: str, side: str) -> None:
        self._sqs: Any = boto3.client("sqs", **ministack.client_settings(aws_url))
        hidden = production.visibility_seconds()
        self.urls: dict[str, str] = {
            variable: self._sqs.create_queue(
                QueueName=f"{side}-{name.rpartition('.')[2].replace('_', '-')}",
                Attributes={"VisibilityTimeout": hidden},
            )["QueueUrl"]
            for variable, name in QUEUES.items()
        }
        self.delivered = Delivered()
        self._is_open = False
        self._hidden: set[str] = set()

    async def deliver(self, fleet: Fleet, done: Callable[[Mapping[str, Any]], None], errors: list[str]) -> None:
        """Hand messages to the workers until closed.

        Args:
            fleet: Whose.
            done: Called with the body of each message that was worked on.
            errors: What goes wrong is added here.
        """
        self._is_open = True
        await asyncio.gather(
            *(self._deliver_one(fleet, url, QUEUES[variable], done, errors) for variable, url in self.urls.items())
        )

    def close(self) -> None:
        """Receive nothing more."""
        self._is_open = False

    async def is_empty(self) -> bool:
        """Whether no message waits or is worked on but those for later and those that were given back."""
        left = 0
        for url in self.urls.values():
            answer = await asyncio.to_thread(self._sqs.get_queue_attributes, QueueUrl=url, AttributeNames=_COUNTS)
            left += sum(int(answer["Attributes"][name]) for name in _COUNTS)
        return left <= len(self._hidden)

    async def _deliver_one(
        self, fleet: Fleet, url: str, name: str, done: Callable[[Mapping[str, Any]], None], errors: list[str]
    ) -> None:
        size = production.batch_size(handler_of(name))
        while self._is_open:
            received = await asyncio.to_thread(
                self._sqs.receive_message, QueueUrl=url, MaxNumberOfMessages=size, WaitTimeSeconds=_WAIT_SECONDS
            )
            if messages := received.get("Messages", []):
                try:
                    back = await _work(fleet, name, messages)
                except BenchmarkError as error:
                    errors.append(f"{name}: {error}")
                    continue
                taken = [each for each in messages if each["MessageId"] not in back]
                self._hidden = (self._hidden - {each["MessageId"] for each in messages}) | back
                self.delivered.messages += len(messages)
                self.delivered.batches += 1
                self.delivered.put_back += len(back)
                handles = [
                    {"Id": str(number), "ReceiptHandle": each["ReceiptHandle"]} for number, each in enumerate(taken)
                ]
                if handles:
                    await asyncio.to_thread(self._sqs.delete_message_batch, QueueUrl=url, Entries=handles)
                for each in taken:
                    done(json.loads(each["Body"]))


async def _work(fleet: Fleet, name: str, messages: Sequence[Mapping[str, Any]]) -> set[str]:
    """Hand a batch to a worker; returns the ids of the messages that it gave back."""
    try:
        await fleet.invoke(name, {"Records": [_record(each) for each in messages]})
    except PutBackError as error:
        return error.ids
    return set()


def _record(message: Mapping[str, Any]) -> dict[str, Any]:
    """A message as Lambda hands it over (https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html)."""
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message.get("Attributes", {}),
        "messageAttributes": {},
        "eventSource": "aws:sqs",
    }
