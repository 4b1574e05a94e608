"""Calls of what counts figures and what waits."""

from __future__ import annotations

from datetime import timedelta

from common.adapters.mongo.admin.facts import MongoFacts
from common.adapters.mongo.admin.lags import MongoLags
from common.adapters.mongo.admin.metrics import MongoMetrics, MongoMetricsRuns
from common.adapters.mongo.admin.open_counts import MongoOpenCounts
from common.application.ports.admin.metrics import Area, DayFigures, Figure, SeenQueues, Waiting
from common.application.ports.admin.operations import Sweep
from common.domain.shared.ids import new_id
from common.runtime.container.bootstrap import Container

from tests.integration.query_plans.calls import BEFORE, LATER, NOW, Calls

_DAY = NOW.date()


async def _count(c: Container) -> None:
    for area in Area:
        await MongoFacts(c.mongo).count(area, _DAY, NOW)


async def _list(c: Container) -> None:
    for after in (None, (NOW, new_id("his", NOW))):
        await MongoFacts(c.mongo).list(
            Area.REPORTS, Figure.TIME_TO_ANSWER, BEFORE, LATER, currency=None, limit=21, after=after
        )


async def _save(c: Container) -> None:
    await MongoMetrics(c.mongo).save(DayFigures(area=Area.MONEY, day=_DAY, computed_at=NOW))


async def _run(c: Container) -> None:
    await MongoMetricsRuns(c.mongo).claim(NOW, NOW)


async def _waiting(c: Container) -> None:
    for each in ([], *([one] for one in Waiting), list(Waiting)):
        await MongoOpenCounts(c.mongo).count(each, most=100)


async def _overdue(c: Container) -> None:
    for each in Sweep:
        await MongoLags(c.mongo).get_oldest_due(each, NOW)


CALLS: Calls = {
    "MongoFacts.count": _count,
    "MongoFacts.list": _list,
    "MongoMetrics.save": _save,
    "MongoMetrics.list": lambda c: MongoMetrics(c.mongo).list(_DAY - timedelta(days=7), _DAY, list(Area)),
    "MongoMetrics.list_computed": lambda c: MongoMetrics(c.mongo).list_computed(_DAY, _DAY),
    "MongoMetricsRuns.claim": _run,
    "MongoMetricsRuns.release": lambda c: MongoMetricsRuns(c.mongo).release(NOW, NOW),
    "MongoMetricsRuns.save_queues": lambda c: MongoMetricsRuns(c.mongo).save_queues(SeenQueues(seen_at=NOW)),
    "MongoMetricsRuns.get_queues": lambda c: MongoMetricsRuns(c.mongo).get_queues(),
    "MongoOpenCounts.count": _waiting,
    "MongoLags.get_oldest_due": _overdue,
    "MongoLags.get_begun": lambda c: MongoLags(c.mongo).get_begun(),
    "MongoLags.list_breakers": lambda c: MongoLags(c.mongo).list_breakers(),
}
