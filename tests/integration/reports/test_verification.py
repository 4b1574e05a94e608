"""Reports are judged by the worker; a model that is away loses nothing, and stops nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest
import stamina
from common.adapters.mongo.reports.verdicts import MongoVerdicts
from common.adapters.reports.decorators import CachedAdviser, SecondOpinion
from common.adapters.reports.gemini import DEFAULT_MODEL, Gemini
from common.adapters.reports.rules import RuleVerifier
from common.application.reports.committing import commit
from common.application.reports.sweep import sweep_reports
from common.domain.reports import state_machine
from common.domain.reports.report import Actor, ActorKind, Report, ReportStatus, Verification
from common.domain.reports.settings import ReportSettings
from common.domain.shared.ids import new_id
from common.domain.shared.topics import Topic

from functions.reports import reports_queue
from infra.local.gemini.app import create_app
from infra.local.gemini.model import API_KEY, LocalModel, Mode
from tests.factories.reports import make_report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from common.runtime.container.bootstrap import Container

    from tests.fakes.clock import FakeClock
    from tests.fakes.publisher import CollectingPublisher

AUTHOR = Actor(kind=ActorKind.AUTHOR)


class Town:
    """Reports, the worker, the sweep, and a model that may be away."""

    def __init__(self, container: Container, publisher: CollectingPublisher, clock: FakeClock) -> None:
        self.container, self.publisher, self.clock = container, publisher, clock
        self.model = LocalModel()
        self.asked = 0
        container.replace(report_verifier=self._verifier())

    def _verifier(self) -> SecondOpinion:
        async def count(_: httpx.Request) -> None:
            self.asked += 1

        transport = httpx.ASGITransport(create_app(self.model))
        model = Gemini(
            lambda: API_KEY,
            model=DEFAULT_MODEL,
            url="https://gemini.test",
            http=lambda: httpx.AsyncClient(transport=transport, event_hooks={"request": [count]}),
            read_picture=self.container.media_bucket.read,
            breakers=self.container.verifier_breakers,
            warn=lambda *_: None,
        )
        cached = CachedAdviser(model, MongoVerdicts(self.container.mongo), self.clock)
        return SecondOpinion(cached, RuleVerifier(), ReportSettings())

    async def report(self, title: str = "Deep pothole", **fields: Any) -> str:
        """Somebody reports something without an account."""
        now = self.clock.now()
        made = {"title": title, "description": "In the road.", "author_id": None, **fields}
        report = make_report(
            id=new_id("rpt", now), status=ReportStatus.PENDING_VERIFICATION, verification=Verification(since=now),
            status_since=now, created_at=now, updated_at=now, **made,
        )  # fmt: skip
        deps = self.container.reports
        await commit(deps, state_machine.create(report, AUTHOR, deps.settings), AUTHOR)
        return report.id

    async def get(self, report_id: str) -> Report:
        found = await self.container.reports.reports.get(report_id)
        assert found is not None
        return found

    async def work(self) -> int:
        """The worker takes every message once; none fails, or this does. Returns how many there were."""
        events = [event for event in self.publisher.events if event.topic is Topic.REPORTS]
        self.publisher.events = [event for event in self.publisher.events if event.topic is not Topic.REPORTS]
        for event in events:
            await reports_queue.handle(self.container, event)
        return len(events)

    async def pass_minutes(self, minutes: int) -> None:
        """Each minute the sweep looks and the worker works."""
        for _ in range(minutes):
            self.clock.advance(minutes=1)
            await sweep_reports(self.container.reports, has_time=lambda: True)
            await self.work()


@pytest.fixture
async def town(container: Container, publisher: CollectingPublisher, clock: FakeClock) -> Town:
    for name in ("breakers", "verdicts", "reports"):
        await container.mongo.collection(name).delete_many({})
    return Town(container, publisher, clock)


@pytest.fixture(autouse=True)
def no_waits() -> Iterator[None]:
    """As many tries as the product makes, without the waits between them."""
    with stamina.set_testing(testing=True, attempts=3, cap=True):
        yield


@pytest.mark.parametrize(
    ("title", "status"),
    [
        ("Deep pothole", ReportStatus.VERIFIED),
        ("Cheap loans, click here", ReportStatus.REJECTED),
        ("Hello", ReportStatus.NEEDS_REVIEW),
    ],
)
async def test_a_report_becomes_what_the_verdict_says(town: Town, title: str, status: ReportStatus) -> None:
    report_id = await town.report(title, description="")
    await town.work()
    report = await town.get(report_id)
    assert report.status is status
    assert report.verification.verdict is not None
    assert report.verification.verdict.verifier == DEFAULT_MODEL
    entries = await town.container.reports.reports.list_timeline(report_id, limit=10)
    assert [each.action for each in entries] == ["create", "record_verdict"]


async def test_a_model_that_is_away_for_half_an_hour_loses_nothing_and_verifies_all_afterwards(town: Town) -> None:
    town.model.mode = Mode.DOWN
    ids = [await town.report(f"Deep pothole {number}") for number in range(12)]
    await town.work()
    asked = town.asked
    assert asked == 5, "the breaker has opened"
    await town.pass_minutes(30)
    assert {(await town.get(each)).status for each in ids} == {ReportStatus.PENDING_VERIFICATION}
    assert town.asked - asked <= 30, "one try a minute, for all together"
    town.model.mode = Mode.HONEST
    await town.pass_minutes(7)
    assert {(await town.get(each)).status for each in ids} == {ReportStatus.VERIFIED}
    assert await town.work() == 0


@pytest.mark.parametrize("mode", [Mode.DOWN, Mode.WRONG])
async def test_after_six_hours_a_person_looks(town: Town, mode: Mode) -> None:
    town.model.mode = mode
    report_id = await town.report()
    await town.work()
    town.clock.advance(hours=5, minutes=50)
    await town.pass_minutes(9)
    assert (await town.get(report_id)).status is ReportStatus.PENDING_VERIFICATION
    await town.pass_minutes(5)
    assert (await town.get(report_id)).status is ReportStatus.NEEDS_REVIEW


async def test_a_message_that_comes_twice_or_late_changes_nothing(town: Town) -> None:
    report_id = await town.report()
    events = list(town.publisher.events)
    await town.work()
    once = await town.get(report_id)
    for event in [*events, *events]:
        await reports_queue.handle(town.container, event)
    assert await town.get(report_id) == once


async def test_what_its_author_changes_while_it_is_judged_is_judged_anew(town: Town) -> None:
    report_id = await town.report()
    deps = town.container.reports
    real = town.container.report_verifier.judge

    async def edited_meanwhile(*asked: Any) -> Any:
        verdict = await real(*asked)
        before = await town.get(report_id)
        if before.version == 1:
            later = before.model_copy(update={"title": "Cheap loans, click here", "description": "", "version": 2})
            await deps.reports.commit(
                state_machine.create(later, AUTHOR, deps.settings).model_copy(
                    update={"expected_version": 1, "report": later, "entry": None}
                )
            )
        return verdict

    town.container.report_verifier.judge = edited_meanwhile  # type: ignore[assignment, method-assign]
    await town.work()
    report = await town.get(report_id)
    assert (report.title, report.status) == ("Cheap loans, click here", ReportStatus.REJECTED)
