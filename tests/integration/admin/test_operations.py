"""What operators see of what runs by itself; a silent part is unknown and nothing more."""

from __future__ import annotations

import socket
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from common.adapters.aws.sqs_client import SqsCaller
from common.adapters.aws.sqs_queues import SqsQueues
from common.adapters.mongo.shared.breakers import MongoBreakers
from common.application.admin import operations as use_cases
from common.application.ports.admin.metrics import Area, DayFigures
from common.application.ports.admin.queues import Depth, Moved
from common.application.ports.payments.reconciliation import Progress
from common.domain.identity.roles import Role
from common.domain.shared.errors import Unavailable
from common.domain.shared.events import Topic, new_event

from infra.local.ministack import server as ministack
from tests.factories.users import make_user
from tests.support import api_client, sign_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from common.runtime.container.bootstrap import Container

    from tests.fakes.clock import FakeClock


class FakeQueues:
    """Queues in memory; one that is not named is silent."""

    def __init__(self, **depths: Depth) -> None:
        self.depths = depths

    def names(self) -> Sequence[str]:
        return [*self.depths, "silent"]

    async def depth(self, name: str) -> Depth:
        if name not in self.depths:
            raise Unavailable
        return self.depths[name]

    async def redrive(self, name: str, *, most: int) -> Moved:
        dead = (await self.depth(name)).dead
        return Moved(min(dead, most), is_all=dead <= most)


async def test_each_part_has_its_own_verdict(container: Container, clock: FakeClock) -> None:
    container.replace(queues=FakeQueues(matching=Depth(3, 1, 0), media=Depth(0, 0, 2)))
    late = clock.now() - timedelta(minutes=11)
    await container.outbox.insert([new_event(Topic.MATCHING, "x", late)])
    due = {"_id": "job_1", "next_due_at": late - timedelta(hours=1)}
    await container.mongo.collection("job_requests").insert_one(due)
    breakers = MongoBreakers(container.mongo, clock, threshold=1, window_seconds=60, rest_seconds=30)
    with pytest.raises(ZeroDivisionError):
        async with breakers.guard("geocoder"):
            raise ZeroDivisionError
    async with api_client("admin", container) as client:
        client.headers.update(await sign_in(container, make_user(roles=[Role.USER, Role.OPERATOR])))
        seen = (await client.get("/v1/admin/operations")).json()
        moved = await client.post("/v1/admin/operations/dead-letters/media/redrive")
        unknown = await client.post("/v1/admin/operations/dead-letters/nothing/redrive")
        silent = await client.post("/v1/admin/operations/dead-letters/silent/redrive")
        log = (await client.get("/v1/admin/audit-logs", params={"type": "dead_letters_redriven"})).json()["items"]
    assert {each["name"]: (each["verdict"], each["dead"]) for each in seen["queues"]} == {
        "matching": ("ok", 0), "media": ("attention", 2), "silent": ("unknown", None),
    }  # fmt: skip
    assert (seen["verdict"], seen["outbox"]) == (
        "unknown", {"name": "outbox", "verdict": "attention", "seconds": 660},
    )  # fmt: skip
    assert {each["name"]: each["seconds"] for each in seen["sweeps"]} == {
        "bookings": 0, "job_requests": 71 * 60, "offers": 0, "reports": 0,
    }  # fmt: skip
    assert seen["breakers"]["items"][0] | {"opened_at": None} == {
        "name": "geocoder", "state": "open", "opened_at": None, "failures": 1,
    }  # fmt: skip
    assert (seen["discrepancies"]["count"], seen["discrepancies"]["verdict"]) == (0, "ok")
    assert (seen["reconciliation"]["name"], seen["figures"]["seconds"]) == ("reconciliation", 0)
    assert (moved.json(), unknown.status_code, silent.status_code) == ({"moved": 2, "is_all": True}, 404, 503)
    assert [each["details"] for each in log] == [{"queue": "media", "moved": 2}]


@pytest.mark.parametrize(
    ("begun", "has_run", "verdict", "is_told"),
    [(5, False, "pending", False), (5, True, "attention", True), (31, False, "attention", True)],
)
async def test_what_could_not_have_run_yet_is_pending_and_what_should_have_is_not(
    container: Container, clock: FakeClock, begun: int, has_run: bool, verdict: str, is_told: bool
) -> None:
    clock.advance(hours=(22 - clock.now().hour) % 24)
    now = clock.now()
    migrations = container.mongo.collection("migrations")
    await migrations.update_many({}, {"$set": {"applied": now - timedelta(minutes=begun)}})
    if has_run:
        long_ago = now - timedelta(hours=23)
        reviews = container.operations.reconciliation.reviews
        assert await reviews.save_progress(Progress(id="touched", verified_until=long_ago, revision=1))
        figures = DayFigures(area=Area.MONEY, day=long_ago.date(), computed_at=long_ago)
        await container.operations.metrics.save(figures)
    container.replace(queues=FakeQueues())
    seen = await use_cases.read_operations(container.operations)
    told = {(lag.verdict.value, lag.seconds is not None) for lag in (seen.reconciliation, seen.figures)}
    assert told == {(verdict, is_told)}


async def test_an_sqs_that_never_answers_makes_its_queues_unknown(
    container: Container, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(use_cases, "PATIENCE_SECONDS", 0.3)
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        nobody.listen()
        for name, value in ministack.function_environment(f"http://127.0.0.1:{nobody.getsockname()[1]}").items():
            monkeypatch.setenv(name, value)
        address = f"http://127.0.0.1:{nobody.getsockname()[1]}/000000000000/q"
        container.replace(queues=SqsQueues(SqsCaller(), {"matching": (address, f"{address}-dead")}))
        seen = await use_cases.read_operations(container.operations)
    assert [(each.name, each.verdict) for each in seen.queues] == [("matching", use_cases.Verdict.UNKNOWN)]
    assert seen.outbox.verdict is not use_cases.Verdict.UNKNOWN


async def test_dead_letters_go_back_whole_and_a_few_at_a_time(sqs: Any) -> None:
    url, dead = (sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("watched", "watched-dead"))
    given = {"trace": {"DataType": "String", "StringValue": "abc"}}
    for number in range(13):
        sqs.send_message(QueueUrl=dead, MessageBody=f"message {number}", MessageAttributes=given)
    queues = SqsQueues(SqsCaller(), {"watched": (url, dead)})
    assert await queues.depth("watched") == Depth(0, 0, 13)
    first = await queues.redrive("watched", most=5)
    rest = await queues.redrive("watched", most=100)
    assert (first.is_all, first.number, rest.is_all, rest.number) == (False, 5, True, 8)
    assert await queues.depth("watched") == Depth(13, 0, 0)
    received = sqs.receive_message(QueueUrl=url, MessageAttributeNames=["All"])["Messages"][0]
    assert received["Body"].startswith("message ")
    assert received["MessageAttributes"]["trace"]["StringValue"] == "abc"
    for each in (url, dead):
        sqs.delete_queue(QueueUrl=each)


async def test_a_queue_that_refuses_loses_nothing(sqs: Any) -> None:
    dead = sqs.create_queue(QueueName="kept-dead")["QueueUrl"]
    sqs.send_message(QueueUrl=dead, MessageBody="message")
    queues = SqsQueues(SqsCaller(), {"kept": (dead.replace("kept-dead", "gone"), dead)})
    with pytest.raises(Unavailable):
        await queues.redrive("kept", most=10)
    sqs_counts = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["All"])["Attributes"]
    kept = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
    assert sum(int(sqs_counts[name]) for name in kept) == 1
    sqs.delete_queue(QueueUrl=dead)
