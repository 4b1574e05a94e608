"""What holds up a sweep of reports, and what does not."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from common.application.reports.supporting import upvote
from common.application.reports.sweep import LEASE, REPORT_COUNTED
from common.application.shared.sweeping import UnreadableRowError
from common.domain.identity.roles import Principal
from common.domain.shared.ids import new_id

from tests.fakes.clock import START

if TYPE_CHECKING:
    from common.domain.reports.report import Report

    from tests.integration.reports.conftest import ReportWorld


async def waiting(world: ReportWorld, count: int) -> list[Report]:
    """Public reports whose votes wait to be counted again."""
    reports = [await world.stored() for _ in range(count)]
    for report in reports:
        await upvote(world.container.reports, Principal(new_id("usr", START - timedelta(days=30))), report.id)
    world.clock.advance(hours=1)
    return reports


async def test_a_report_that_cannot_be_read_holds_up_nobody_and_is_told(world: ReportWorld) -> None:
    rows = world.container.mongo.collection("reports")
    for number, field in enumerate(("next_due_at", "recount_at")):
        poison: dict[str, Any] = {"_id": f"rpt_poison{number}", field: world.clock.now() - timedelta(days=1)}
        await rows.insert_one(poison)
    reports = await waiting(world, 3)

    with pytest.raises(UnreadableRowError, match="rpt_poison0"):
        await world.sweep()

    assert await rows.count_documents({"recount_at": None, "_id": {"$in": [each.id for each in reports]}}) == 3
    assert await world.sweep() == {}
    world.clock.advance(seconds=LEASE.total_seconds() + 1)
    with pytest.raises(UnreadableRowError):
        await world.sweep()


async def test_a_sweep_that_dies_while_it_counts_has_told_already_that_it_counts(
    world: ReportWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is counted by place follows that word, which may come twice but must not be missing."""
    (report,) = await waiting(world, 1)

    async def die(*_: object) -> None:
        raise ConnectionError

    with monkeypatch.context() as broken:
        broken.setattr(type(world.container.reports.reports), "set_counts", die)
        with pytest.raises(ConnectionError):
            await world.sweep()

    told = {"type": REPORT_COUNTED, "payload.report_id": report.id}
    assert await world.container.mongo.collection("outbox").count_documents(told) == 1
    world.clock.advance(seconds=LEASE.total_seconds() + 1)
    assert await world.sweep() == {"counted": 1}
    assert await world.container.mongo.collection("outbox").count_documents(told) == 2
