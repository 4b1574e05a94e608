"""Queue handlers: once each, in time, and only the failed ones come back."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from common.adapters.mongo.shared.processed_events import STALE_AFTER
from common.domain.shared.errors import ComesLater, Unavailable
from common.domain.shared.events import Event, Topic, new_event
from common.runtime.budget import Budget
from common.runtime.observability.logging import context_fields
from common.runtime.sqs import Queue

if TYPE_CHECKING:
    from common.runtime.container.bootstrap import Container

    from tests.fakes.clock import FakeClock


class Worker:
    """Notes what it worked on; fails or stalls on what it is told to."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.failing: set[str] = set()
        self.stalling: set[str] = set()
        self.contexts: dict[str, dict[str, str]] = {}

    async def process(self, _: Container, event: Event) -> None:
        self.contexts[event.id] = context_fields()
        if event.id in self.stalling:
            await asyncio.sleep(60)
        if event.id in self.failing:
            raise Unavailable
        self.done.append(event.id)

    def queue(self, name: str = "test-queue") -> Queue[Container, Event]:
        return Queue(name, Event, "id", self.process)


@pytest.fixture
def worker() -> Worker:
    return Worker()


def _event(container: Container, **payload: Any) -> Event:
    return new_event(Topic.NOTIFICATIONS, "booking.accepted", container.clock.now(), booking_id="bkg_1", **payload)


def _batch(*bodies: Event | str) -> dict[str, Any]:
    texts = [body if isinstance(body, str) else body.model_dump_json() for body in bodies]
    return {"Records": [{"messageId": f"message-{n}-{uuid4().hex}", "body": text} for n, text in enumerate(texts)]}


def _failed(answer: dict[str, Any]) -> list[str]:
    return [failure["itemIdentifier"].rsplit("-", 1)[0] for failure in answer["batchItemFailures"]]


async def test_only_what_failed_comes_back_and_then_succeeds(container: Container, worker: Worker) -> None:
    events = [_event(container) for _ in range(3)]
    worker.failing = {events[1].id}
    batch = _batch(*events)
    assert _failed(await worker.queue().work_batch(container, batch, Budget(10))) == ["message-1"]
    worker.failing = set()
    assert _failed(await worker.queue().work_batch(container, batch, Budget(10))) == []
    assert sorted(worker.done) == sorted(event.id for event in events)


async def test_a_second_delivery_does_nothing_even_in_the_same_batch(container: Container, worker: Worker) -> None:
    event = _event(container)
    await worker.queue().work_batch(container, _batch(event), Budget(10))
    answer = await worker.queue().work_batch(container, _batch(event, event), Budget(10))
    assert (_failed(answer), worker.done) == ([], [event.id])


async def test_a_message_that_is_asked_to_come_later_is_hidden_until_then_and_knows_its_trace(
    container: Container,
) -> None:
    hidden, traces = list[dict[str, Any]](), list[str]()

    class Sqs:
        async def call(self, method: str, **parameters: Any) -> None:
            hidden.append({"method": method, **parameters})

    async def throttled(_: Container, __: Event) -> None:
        traces.append(context_fields()["trace_id"])
        raise ComesLater(retry_after=60)

    container.replace(sqs=Sqs())
    queue = Queue("test-queue", Event, "id", throttled, queue_url=lambda _: "http://q")
    batch = _batch(_event(container))
    batch["Records"][0] |= {"receiptHandle": "r", "attributes": {"AWSTraceHeader": "Root=1-5-6;Sampled=0"}}
    assert _failed(await queue.work_batch(container, batch, Budget(10))) == ["message-0"]
    assert 30 <= hidden[0].pop("VisibilityTimeout") <= 60
    assert hidden == [{"method": "change_message_visibility", "QueueUrl": "http://q", "ReceiptHandle": "r"}]
    assert traces == ["1-5-6"]


async def test_each_consumer_gets_the_event(container: Container, worker: Worker) -> None:
    event = _event(container)
    for name in ("first-queue", "second-queue"):
        await worker.queue(name).work_batch(container, _batch(event), Budget(10))
    assert worker.done == [event.id, event.id]


async def test_an_event_in_work_elsewhere_comes_back_until_that_worker_is_taken_for_dead(
    container: Container, worker: Worker, clock: FakeClock
) -> None:
    event = _event(container)
    assert await container.processed_events.claim("test-queue", event.id, clock.now())
    batch = _batch(event)
    assert _failed(await worker.queue().work_batch(container, batch, Budget(10))) == ["message-0"]
    assert worker.done == []
    clock.advance(seconds=STALE_AFTER.total_seconds())
    assert _failed(await worker.queue().work_batch(container, batch, Budget(10))) == []
    assert worker.done == [event.id]


@pytest.mark.parametrize("body", ["", "not json", "{}", '{"id": 1}', json.dumps({"id": "evt_1", "topic": "unknown"})])
async def test_a_malformed_message_fails_alone(container: Container, worker: Worker, body: str) -> None:
    event = _event(container)
    answer = await worker.queue().work_batch(container, _batch(body, event), Budget(10))
    assert (_failed(answer), worker.done) == (["message-0"], [event.id])


async def test_a_message_that_stalls_is_ended_in_time_and_can_be_worked_on_at_once(
    container: Container, worker: Worker
) -> None:
    stalled, quick = _event(container), _event(container)
    worker.stalling = {stalled.id}
    batch = _batch(stalled, quick)
    async with asyncio.timeout(10):
        assert _failed(await worker.queue().work_batch(container, batch, Budget(1.5))) == ["message-0"]
    worker.stalling = set()
    assert _failed(await worker.queue().work_batch(container, batch, Budget(10))) == []
    assert sorted(worker.done) == sorted([quick.id, stalled.id])


async def test_without_time_nothing_is_begun(container: Container, worker: Worker) -> None:
    answer = await worker.queue().work_batch(container, _batch(_event(container)), Budget(0.5))
    assert (_failed(answer), worker.contexts) == (["message-0"], {})


async def test_log_lines_of_a_message_name_it_and_its_booking(container: Container, worker: Worker) -> None:
    event = _event(container)
    batch = _batch(event)
    await worker.queue().work_batch(container, batch, Budget(10))
    assert worker.contexts[event.id] == {"request_id": batch["Records"][0]["messageId"], "booking_id": "bkg_1"}


HANDLER_SCRIPT = """
import json, types
from common.adapters.clock import SystemClock
from common.domain.shared.events import Topic, new_event
from common.runtime.container.core import CoreContainer
from common.runtime.sqs import create_event_handler

done = []

async def process(container, event):
    done.append(event.id)

handler = create_event_handler(process, service="test-queue", needs=(), container=CoreContainer)
context = types.SimpleNamespace(aws_request_id="request-0001", get_remaining_time_in_millis=lambda: 20_000)
for _ in range(3):
    event = new_event(Topic.PAYMENTS, "payment.check_requested", SystemClock().now())
    record = {"messageId": "message-0001", "body": event.model_dump_json()}
    assert handler({"Records": [record]}, context) == {"batchItemFailures": []}
    assert done[-1] == event.id
assert len(done) == 3
"""


def test_the_lambda_handler_works_on_batch_after_batch(mongodb_uri: str, migrated_database: str) -> None:
    environ = {
        "STAGE": "test", "MONGODB_URI": mongodb_uri, "MONGODB_DATABASE": migrated_database,
        "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:1",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", HANDLER_SCRIPT], env=environ, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    metrics = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["MessagesProcessed"] for line in metrics] == [[1.0]] * 3
    assert {line["service"] for line in metrics} == {"test-queue"}
