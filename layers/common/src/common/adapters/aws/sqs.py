"""The queues: Amazon SQS."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from common.adapters.aws.sqs_client import SqsCaller, SqsError, traced_message
from common.application.ports.shared.clock import Clock
from common.domain.shared.events import Event
from common.domain.shared.topics import Topic

#: Bounds of SendMessageBatch and DelaySeconds
#: (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html).
_BATCH_SIZE = 10
_BATCH_BYTES = 1024 * 1024
_MAX_DELAY_SECONDS = 900


class SqsPublisher:
    """Implements ``Publisher``.

    What a queue does not take in time is left out of the answer and stays in the outbox for the sweep.

    Args:
        sqs: calls SQS.
        queue_urls: each topic's queue.
        clock: tells how long to delay an event with ``not_before``.
        warn: called with a sentence and fields where events were not taken.
    """

    def __init__(
        self, sqs: SqsCaller, queue_urls: Mapping[Topic, str], clock: Clock, warn: Callable[[str, dict[str, Any]], None]
    ) -> None:
        self._sqs = sqs
        self._queue_urls = queue_urls
        self._clock = clock
        self._warn = warn

    async def publish(self, events: Sequence[Event]) -> Sequence[str]:
        """Send each event to its topic's queue; returns the ids that the queue took. Never raises on a lost one.

        An event that is due later than SQS can delay it is not sent.
        """
        now = self._clock.now()
        ready = sorted((event for event in events if _delay(event, now) <= _MAX_DELAY_SECONDS), key=_topic)
        taken: list[str] = []
        for topic, group in groupby(ready, key=_topic):
            for batch in _batches([_entry(event, now) for event in group]):
                taken += await self._send(self._queue_urls.get(topic, ""), batch)
        return taken

    async def _send(self, queue_url: str, batch: Sequence[dict[str, Any]]) -> list[str]:
        try:
            answer = await self._sqs.call("send_message_batch", QueueUrl=queue_url, Entries=list(batch))
        except SqsError as error:
            self._warn("Events not published", {"error": error.code, "count": len(batch)})
            return []
        if failed := answer.get("Failed"):
            self._warn("Events not published", {"error": failed[0].get("Code", ""), "count": len(failed)})
        return [entry["Id"] for entry in answer.get("Successful", ())]


def _topic(event: Event) -> Topic:
    return event.topic


def _delay(event: Event, now: datetime) -> int:
    """Whole seconds until the event may be delivered, rounded up."""
    if event.not_before is None or event.not_before <= now:
        return 0
    return -int(-(event.not_before - now).total_seconds() // 1)


def _entry(event: Event, now: datetime) -> dict[str, Any]:
    body = {"MessageBody": event.model_dump_json(), "DelaySeconds": _delay(event, now)}
    return {"Id": event.id, **body, **traced_message()}


def _batches(entries: Sequence[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Split by SQS's limits of count and size."""
    batch: list[dict[str, Any]] = []
    size = 0
    for entry in entries:
        length = len(entry["MessageBody"].encode())
        if batch and (len(batch) == _BATCH_SIZE or size + length > _BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(entry)
        size += length
    if batch:
        yield batch
