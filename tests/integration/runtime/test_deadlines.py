"""Every invocation ends in its own time, no matter who does not answer, and what has committed is told as done."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import subprocess
import sys
import warnings
from typing import TYPE_CHECKING, Any

import pytest
from common.adapters.mongo.shared.database import Mongo, MongoLimits
from common.adapters.mongo.shared.idempotency import MongoIdempotency
from common.adapters.mongo.shared.outbox import MongoOutbox
from common.application.shared.deadline import RECORDING_SECONDS, deadline, seconds_for_call, seconds_left
from common.application.shared.publishing import publish_committed
from common.domain.shared.errors import OutOfTime
from common.domain.shared.events import Event, Topic, new_event
from common.runtime.budget import MARGIN_SECONDS, Budget
from common.runtime.http.idempotency import IdempotentRoute
from common.runtime.sqs import Queue
from fastapi import APIRouter
from pymongo.errors import AutoReconnect

from infra.build.builder import TEMPLATE
from infra.deploy import template as templates
from tests.support import app_client, make_container, make_settings
from tests.support.http import with_time
from tests.support.starved import SIGNING_SECRET, is_socket

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from common.application.ports.shared.limits import IdempotentRequest, StoredResponse
    from common.runtime.container.bootstrap import Container

    from tests.fakes.clock import FakeClock

#: Of a shrunk time-out; the margin of it is left to a machine that is busy.
SECONDS = 4.0
ORIGIN = "http://web.test"
ENVIRON = {
    "PATH": os.environ["PATH"], "STAGE": "test", "MONGODB_DATABASE": "x", "PUBLIC_BASE_URL": "http://x",
    "FRONTEND_BASE_URL": "http://x", "MAIL_FROM": "a@b.c", "STRIPE_SECRET_KEY": "x", "JWT_SIGNING_KEYS": "{}",
    "FACTOR_KEYS": "x",
    "STRIPE_WEBHOOK_SECRETS": SIGNING_SECRET, "NOTIFICATIONS_QUEUE_URL": "http://q", "PAYMENT_CHECKS_QUEUE_URL":
    "http://q", "STRIPE_EVENTS_QUEUE_URL": "http://q", "REALTIME_QUEUE_URL": "http://q",
    "REALTIME_URL": "ws://x", "REALTIME_CONNECTIONS_URL": "http://x", "MEDIA_QUEUE_URL": "http://q",
    "MATCHING_QUEUE_URL": "http://q",
    "REPORTS_QUEUE_URL": "http://q",
    "MEDIA_BUCKET": "photos",
    "AWS_LAMBDA_INITIALIZATION_TYPE": "snap-start",
}  # fmt: skip

router = APIRouter(route_class=IdempotentRoute)


@router.get("/stalls")
async def stall() -> None:
    await asyncio.sleep(60)


@router.post("/things")
async def make_thing() -> dict[str, str]:
    return {"id": "thing_1"}


@pytest.fixture(scope="module")
def starved(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What every function of the template answers to a database that never does, and how soon."""
    root: Path = TEMPLATE.parent
    script = [sys.executable, "-m", "tests.support.starved", str(SECONDS)]
    done = subprocess.run(
        script, cwd=root, env={**ENVIRON, "TMPDIR": str(tmp_path_factory.mktemp("starved"))}, capture_output=True,
        text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith('{"function"')]
    return {line["function"]: line for line in lines}


@pytest.mark.parametrize("function", templates.functions(templates.load(TEMPLATE)), ids=lambda each: each.name)
def test_with_a_silent_database_every_function_ends_in_time_on_its_own(
    starved: dict[str, dict[str, Any]], function: templates.Function
) -> None:
    ended = starved[function.name]
    assert ended["seconds"] < SECONDS
    if function.is_http:
        assert ended["answer"]["statusCode"] == 503
        assert int(ended["answer"]["headers"]["retry-after"]) > 0
        assert json.loads(ended["answer"]["body"])["code"] in {"out_of_time", "database_unavailable", "not_ready"}
    elif is_socket(function):
        assert ended["answer"]["statusCode"] == 503
    elif function.schedule is None:
        assert len(ended["answer"]["batchItemFailures"]) == 10
    else:
        assert ended["answer"]["error"] in {"OutOfTime", "Unavailable"}


async def test_a_request_that_stalls_answers_a_problem_that_a_browser_may_read(
    mongodb_uri: str, database_name: str
) -> None:
    container = make_container(
        mongodb_uri, database_name, settings=make_settings(mongodb_uri, database_name, CORS_ORIGINS=ORIGIN)
    )
    async with app_client(router, container) as client, asyncio.timeout(30):
        with with_time(client, seconds=MARGIN_SECONDS + 0.2):
            response = await client.get("/stalls", headers={"Origin": ORIGIN})
    await container.close()
    assert (response.status_code, response.json()["code"]) == (503, "out_of_time")
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["access-control-allow-origin"] == ORIGIN
    assert int(response.headers["retry-after"]) > 0


async def test_a_deadline_inside_another_never_lengthens_it() -> None:
    assert seconds_left() == float("inf")
    assert seconds_for_call(7) == 7
    with deadline(3):
        with deadline(60):
            assert seconds_left() <= 3
            assert seconds_for_call(60) <= 3 - RECORDING_SECONDS
            with pytest.raises(OutOfTime):
                seconds_for_call(2, is_whole=True)
        with deadline(RECORDING_SECONDS), pytest.raises(OutOfTime):
            seconds_for_call(1)
    assert seconds_left() == float("inf")


async def test_what_runs_in_a_thread_sees_the_deadline_too() -> None:
    with deadline(3):
        assert await asyncio.to_thread(seconds_left) <= 3


async def test_a_transaction_is_not_begun_without_time(container: Container) -> None:
    async def work(_: object) -> None:
        raise AssertionError("begun")

    with deadline(0), pytest.raises(OutOfTime):
        await container.mongo.in_transaction(work)


async def test_slow_messages_leave_the_others_of_their_batch_time(container: Container) -> None:
    begun: set[str] = set()

    async def process(_: Container, event: Event) -> None:
        begun.add(event.id)
        await asyncio.sleep(60)

    events = [new_event(Topic.NOTIFICATIONS, "x", container.clock.now()) for _ in range(10)]
    batch = {"Records": [{"messageId": event.id, "body": event.model_dump_json()} for event in events]}
    async with asyncio.timeout(60):
        await Queue("slow-queue", Event, "id", process).work_batch(container, batch, Budget(12))
    assert begun == {event.id for event in events}


class StalledPublisher:
    async def publish(self, _: Sequence[Event]) -> Sequence[str]:
        await asyncio.sleep(60)
        return []


async def test_queues_that_stall_cannot_fail_what_has_committed(container: Container, clock: FakeClock) -> None:
    event = new_event(Topic.PAYMENTS, "x", clock.now())
    await container.outbox.insert([event])
    async with asyncio.timeout(30):
        with deadline(RECORDING_SECONDS + 0.5):
            await publish_committed(container.outbox, StalledPublisher(), [event], clock)
            assert seconds_left() > 0
        with deadline(0):
            await publish_committed(container.outbox, StalledPublisher(), [event], clock)
    clock.advance(minutes=1)
    assert event.id in {each.id for each in await container.outbox.list_unpublished(before=clock.now(), limit=1000)}


async def test_a_database_that_goes_away_cannot_fail_what_has_committed(container: Container, clock: FakeClock) -> None:
    told: list[Mapping[str, Any]] = []
    away = Mongo(lambda: "mongodb://127.0.0.1:1", "x", MongoLimits(connect=100, socket=100, server_selection=100))
    outbox = MongoOutbox(away, lambda _, fields: told.append(fields))
    event = new_event(Topic.PAYMENTS, "x", clock.now())
    await publish_committed(outbox, container.publisher, [event], clock)
    await away.close()
    with warnings.catch_warnings():
        # PyMongo leaves the sockets of refused connections to the collector, which must not find them in another test.
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()
    assert [fields["count"] for fields in told] == [1]


class ForgetfulKeys(MongoIdempotency):
    """Loses the database after the work."""

    async def complete(self, *_: IdempotentRequest | StoredResponse | Any) -> None:
        raise AutoReconnect("away")


async def test_an_answer_holds_though_it_could_not_be_kept_for_replays(container: Container) -> None:
    container.replace(idempotency=ForgetfulKeys(container.mongo))
    async with app_client(router, container) as client:
        response = await client.post("/things", json={}, headers={"Idempotency-Key": "forgotten"})
    assert (response.status_code, response.json()) == (200, {"id": "thing_1"})
