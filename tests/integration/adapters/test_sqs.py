"""Publishing to real queues of the local cloud's SQS, and to none."""

from __future__ import annotations

import json
import socket
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from common.adapters.aws.sqs import SqsPublisher
from common.adapters.aws.sqs_client import MOST_SECONDS, SqsCaller, SqsError
from common.adapters.mongo.shared.database import Mongo
from common.adapters.probes import Probes
from common.application.shared.deadline import RECORDING_SECONDS, deadline
from common.domain.shared.events import Event, Topic, new_event

from infra.local import ports
from tests.fakes.clock import FakeClock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Queues = dict[Topic, str]


@pytest.fixture
def queues(sqs: Any) -> Iterator[Queues]:
    made = {topic: sqs.create_queue(QueueName=f"test-{topic.value}")["QueueUrl"] for topic in Topic}
    yield made
    for url in made.values():
        sqs.delete_queue(QueueUrl=url)


def _received(sqs: Any, url: str) -> list[Event]:
    """Everything that waits in a queue."""
    events: list[Event] = []
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        events += [Event.model_validate_json(message["Body"]) for message in messages]
        for message in messages:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return events


def _ignore(_: str, __: dict[str, Any]) -> None:
    """Take a warning."""


async def test_each_event_reaches_its_topics_queue_unchanged(sqs: Any, queues: Queues) -> None:
    clock = FakeClock()
    events = [
        new_event(Topic.PAYMENTS if n % 3 else Topic.NOTIFICATIONS, "x.done", clock.now(), number=n, text="é" * 10)
        for n in range(35)
    ]
    taken = await SqsPublisher(SqsCaller(), queues, clock, _ignore).publish(events)
    assert sorted(taken) == sorted(event.id for event in events)
    for topic in Topic:
        expected = sorted((event for event in events if event.topic is topic), key=lambda event: event.id)
        assert sorted(_received(sqs, queues[topic]), key=lambda event: event.id) == expected


async def test_an_event_for_later_is_delayed_or_left_to_the_sweep(sqs: Any, queues: Queues) -> None:
    clock = FakeClock()
    soon, late = (
        new_event(Topic.PAYMENTS, "x.done", clock.now()).model_copy(update={"not_before": clock.now() + wait})
        for wait in (timedelta(minutes=14), timedelta(minutes=16))
    )
    assert await SqsPublisher(SqsCaller(), queues, clock, _ignore).publish([soon, late]) == [soon.id]
    assert _received(sqs, queues[Topic.PAYMENTS]) == []


async def test_what_a_queue_does_not_take_is_told_and_never_raised(sqs: Any, queues: Queues) -> None:
    clock = FakeClock()
    warnings: list[str] = []
    broken = {**queues, Topic.NOTIFICATIONS: queues[Topic.NOTIFICATIONS] + "-gone"}
    publisher = SqsPublisher(
        SqsCaller(), broken, clock, lambda message, fields: warnings.append(f"{message} {json.dumps(fields)}")
    )
    lost, sent = (new_event(topic, "x.done", clock.now()) for topic in (Topic.NOTIFICATIONS, Topic.PAYMENTS))
    assert await publisher.publish([lost, sent]) == [sent.id]
    assert len(warnings) == 1
    assert [event.id for event in _received(sqs, queues[Topic.PAYMENTS])] == [sent.id]


@pytest.mark.usefixtures("sqs")
async def test_without_any_server_it_gives_up_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{ports.free_port()}")
    clock = FakeClock()
    publisher = SqsPublisher(SqsCaller(), dict.fromkeys(Topic, "http://127.0.0.1:1/000000000000/q"), clock, _ignore)
    assert await publisher.publish([new_event(Topic.PAYMENTS, "x.done", clock.now())]) == []


async def test_without_keys_in_the_environment_botocores_chain_is_asked(
    queues: Queues, sqs: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As in a function restored from a snapshot, whose keys come from another source and are renewed."""
    profile = tmp_path / "credentials"
    profile.write_text("[default]\naws_access_key_id = 000000000000\naws_secret_access_key = s\n")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(profile))
    await SqsCaller().call("send_message", QueueUrl=queues[Topic.PAYMENTS], MessageBody="{}")
    assert sqs.receive_message(QueueUrl=queues[Topic.PAYMENTS])["Messages"][0]["Body"] == "{}"


async def test_without_region_or_keys_events_stay_and_nothing_is_raised(
    queues: Queues, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    clock = FakeClock()
    warnings: list[str] = []
    publisher = SqsPublisher(SqsCaller(), queues, clock, lambda _, fields: warnings.append(fields["error"]))
    assert await publisher.publish([new_event(Topic.PAYMENTS, "x.done", clock.now())]) == []
    monkeypatch.setenv("AWS_REGION", "ap-southeast-2")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    assert await publisher.publish([new_event(Topic.PAYMENTS, "x.done", clock.now())]) == []
    assert warnings == ["NoRegionError", "NoCredentialsError"]


async def test_a_refusal_has_its_code(queues: Queues) -> None:
    with pytest.raises(SqsError, match=r"NonExistentQueue|QueueDoesNotExist"):
        await SqsCaller().call("send_message", QueueUrl=queues[Topic.PAYMENTS] + "-gone", MessageBody="x")


@pytest.mark.usefixtures("sqs")
async def test_a_call_ends_with_the_deadline_and_is_not_begun_without_time(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{silent.getsockname()[1]}")
        began = time.monotonic()
        with deadline(RECORDING_SECONDS + 0.5), pytest.raises(SqsError, match="TimeoutError"):
            await SqsCaller().call("send_message", QueueUrl="http://127.0.0.1:1/0/q", MessageBody="x")
        assert time.monotonic() - began < MOST_SECONDS / 2
        with deadline(RECORDING_SECONDS), pytest.raises(SqsError, match="OutOfTime"):
            await SqsCaller().call("send_message", QueueUrl="http://127.0.0.1:1/0/q", MessageBody="x")


async def test_the_queue_probe_tells_a_queue_from_none(queues: Queues) -> None:
    mongo = Mongo(lambda: "mongodb://127.0.0.1:1", "unused")
    await Probes(mongo, queues[Topic.PAYMENTS]).queue()
    with pytest.raises(Exception, match=r"NonExistentQueue|does not exist"):
        await Probes(mongo, queues[Topic.PAYMENTS] + "-gone").queue()
