"""Queue handlers: each message once, in its own time, and only the failed ones come back.

The answer is SQS's partial batch response
(https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html). Powertools' batch utility is not used:
its imports cost a worker half of what a cold start may take, and outside Lambda it runs asynchronous handlers by
``asyncio.run``, which breaks the one event loop.
"""

import asyncio
import json
import math
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import pymongo
from pydantic import BaseModel
from pymongo.errors import PyMongoError

from common.adapters.aws.postponing import postpone
from common.adapters.aws.sqs_client import trace_of
from common.adapters.mongo.shared.database import as_unavailable
from common.domain.shared.errors import ComesLater, Unavailable
from common.domain.shared.events import Event
from common.runtime.budget import RELEASE_SECONDS, Budget
from common.runtime.container.core import CoreContainer
from common.runtime.handlers import LambdaHandler, Needs
from common.runtime.observability import metrics, tracing
from common.runtime.observability.context import begin_request
from common.runtime.observability.logging import get_logger, set_booking_id
from common.runtime.workers import C, make_handler

M = TypeVar("M", bound=BaseModel)
Process = Callable[[C, M], Awaitable[None]]

#: Messages worked on at the same time: what the connection pool serves without waiting.
CONCURRENCY = 5
#: A message is not begun with less than this; it comes back later.
_MINIMUM_SECONDS = 1.0


class MalformedMessageError(Exception):
    """A message that no retry can fix; it ends in the dead-letter queue."""


@dataclass(frozen=True)
class Queue(Generic[C, M]):
    """How one queue's messages are read and worked on.

    Args:
        name: the consumer's name, under which events are remembered as done.
        model: of a message's body.
        id_field: where in the body is the id by which a message is worked on once.
        process: works on one message; it raises to have it again.
        is_repeatable: whether working on a message again changes nothing, so that nobody need remember it as done.
        queue_url: gives the queue's address, where a message that is asked to come later may be told so.
    """

    name: str
    model: type[M]
    id_field: str
    process: Process[C, M]
    is_repeatable: bool = False
    queue_url: Callable[[C], str] | None = None

    async def work_batch(self, container: C, event: Mapping[str, Any], budget: Budget) -> dict[str, Any]:
        """Work on a batch.

        Args:
            container: what the function is made of.
            event: SQS's event, ``{"Records": [...]}``.
            budget: the invocation's time.

        Returns:
            The partial batch response: ids of the messages that must come again.
        """
        limit = asyncio.Semaphore(CONCURRENCY)
        records = event.get("Records", [])
        waiting = len(records)

        async def one(record: Mapping[str, Any]) -> bool:
            nonlocal waiting
            async with limit:
                share = 1 / rounds(waiting)
                waiting -= 1
                return await self._work(container, record, budget, share)

        succeeded = await asyncio.gather(*(one(record) for record in records))
        failed = [record["messageId"] for record, done in zip(records, succeeded, strict=True) if not done]
        metrics.count("MessagesProcessed", len(records) - len(failed))
        if failed:
            metrics.count("MessagesFailed", len(failed))
        return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}

    async def _work(self, container: C, record: Mapping[str, Any], budget: Budget, share: float) -> bool:
        """Work on one message in its share of the time that is left; ``False`` if it must come again."""
        begin_request(
            record.get("messageId"), trace=tracing.parse(trace_of(record)).get("Root", "") or tracing.trace_id()
        )
        set_booking_id("")
        if not budget.has_time(_MINIMUM_SECONDS):
            return False
        try:
            event_id = self._begin(record)
            async with budget.bounded(share=share):
                await self._once(container, event_id, record["body"])
        except Exception as error:  # noqa: BLE001 - one bad message must not fail the others
            container.note_failure(error.__cause__ or error)
            _report(error, self.name)
            if isinstance(error, ComesLater) and self.queue_url is not None:
                await postpone(container.sqs, self.queue_url(container), record, error.retry_after)
            return False
        return True

    def _begin(self, record: Mapping[str, Any]) -> str:
        """Name the message's booking in the log, and return the message's id."""
        try:
            body = json.loads(record["body"])
            event_id = body[self.id_field]
        except (ValueError, KeyError, TypeError) as error:
            raise MalformedMessageError(f"no message of {self.name}") from error
        if not isinstance(event_id, str) or not event_id:
            raise MalformedMessageError(f"no message of {self.name}")
        set_booking_id(str(body.get("booking_id") or ""))
        return event_id

    async def _once(self, container: C, event_id: str, body: str) -> None:
        if self.is_repeatable:
            await self.process(container, self._read(body))
            return
        events = container.processed_events
        if not await events.claim(self.name, event_id, container.clock.now()):
            return
        try:
            await self.process(container, self._read(body))
        except BaseException:
            await _release(container, self.name, event_id)
            raise
        await events.complete(self.name, event_id, container.clock.now())

    def _read(self, body: str) -> M:
        try:
            return self.model.model_validate_json(body)
        except ValueError as error:  # pydantic's ValidationError is one
            raise MalformedMessageError(f"not a {self.model.__name__}") from error


def rounds(messages: int) -> int:
    """How many times as many messages as are worked on at once are waiting, rounded up.

    Each message gets this part of the time that is left, so that slow ones leave the others of their batch theirs: a
    message that is put back without a try counts as failed all the same.
    """
    return max(1, math.ceil(messages / CONCURRENCY))


def create_queue_handler(
    process: Process[C, M],
    *,
    service: str,
    needs: Needs,
    container: type[C],
    model: type[M],
    id_field: str,
    is_repeatable: bool = False,
    queue_url: Callable[[C], str] | None = None,
) -> LambdaHandler:
    """Make the Lambda handler of a queue.

    Args:
        process: ``async def process(container, message)``; works on one message and raises to have it again.
        service: the function's name; also the consumer's.
        needs: the groups of settings it does not start without.
        container: the class of what it is made of.
        model: of a message's body.
        id_field: where in the body is the id by which a message is worked on once.
        is_repeatable: whether working on a message again changes nothing.
        queue_url: gives the queue's address, where working may ask a message to come later (``ComesLater``).
    """
    queue = Queue(service, model, id_field, process, is_repeatable, queue_url)
    return make_handler(queue.work_batch, service=service, needs=needs, container=container)


def create_event_handler(
    process: Process[C, Event],
    *,
    service: str,
    needs: Needs,
    container: type[C],
    is_repeatable: bool = False,
    queue_url: Callable[[C], str] | None = None,
) -> LambdaHandler:
    """Make the Lambda handler of a queue whose messages are outbox events (see ``create_queue_handler``)."""
    return create_queue_handler(
        process,
        service=service,
        needs=needs,
        container=container,
        model=Event,
        id_field="id",
        is_repeatable=is_repeatable,
        queue_url=queue_url,
    )


async def _release(container: CoreContainer, consumer: str, event_id: str) -> None:
    """Give the event back; if even that fails, its claim expires on its own."""
    try:
        with pymongo.timeout(RELEASE_SECONDS):
            await container.processed_events.release(consumer, event_id)
    except PyMongoError as error:
        get_logger().warning("Claim not released", extra={"event_id": event_id, "error": type(error).__name__})


def _report(error: Exception, consumer: str) -> None:
    fields = {"consumer": consumer, "error": type(error).__name__}
    if isinstance(error, Unavailable | TimeoutError) or as_unavailable(error):
        get_logger().warning("Message put back", extra=fields)
    else:
        get_logger().exception("Message failed", extra=fields)
