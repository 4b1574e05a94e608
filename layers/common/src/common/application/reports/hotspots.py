"""Where much is reported: bringing the counters up to date, and reading them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from common.application.ports.identity.accounts import UnitOfWork
from common.application.ports.reports.cells import ReportCells
from common.application.ports.reports.reports import Reports
from common.application.ports.shared.clock import Clock
from common.domain.reports.categories import ReportCategory
from common.domain.reports.cells import Box, covering
from common.domain.reports.hotspots import (
    DEFAULT_PERIOD,
    LONGEST_PERIOD,
    Counted,
    Hotspot,
    hotspots,
    length_for,
    week_of,
)
from common.domain.reports.report import Report, ReportStatus
from common.domain.shared.errors import VersionConflict

_TRIES = 5


@dataclass(frozen=True)
class CellDeps:
    """Ports of counting reports by cells."""

    clock: Clock
    unit_of_work: UnitOfWork
    reports: Reports
    cells: ReportCells


@dataclass(frozen=True)
class FoundHotspots:
    """What a rectangle holds: hotspots in cells of ``length``, of reports since a Monday."""

    length: int
    since: datetime
    spots: Sequence[Hotspot]


async def count_in_cells(deps: CellDeps, report_id: str) -> bool:
    """Bring the counters up to date with a report as it is now; doing it again changes nothing.

    Returns:
        Whether anything was counted otherwise.

    Raises:
        VersionConflict: others were quicker five times in a row; the message must come again.
    """

    async def work() -> bool:
        report = await deps.reports.get(report_id)
        before = await deps.cells.get_counted(report_id)
        after = counted_of(report)
        if before == after:
            return False
        await deps.cells.count(report_id, before, after)
        return True

    for _ in range(_TRIES - 1):
        try:
            return await deps.unit_of_work.run(work)
        except VersionConflict:
            continue
    return await deps.unit_of_work.run(work)


def counted_of(report: Report | None) -> Counted | None:
    """What is to be counted of a report: nothing of one that not everybody sees, or that tells what another does."""
    if report is None or not report.is_public or report.status is ReportStatus.DUPLICATE:
        return None
    return Counted.of(
        geohash=report.geohash,
        category=report.category.value,
        votes=report.verified_upvote_count,
        created_at=report.created_at,
    )


async def find_hotspots(
    deps: CellDeps, box: Box, *, zoom: float | None, category: ReportCategory | None, since: datetime | None
) -> FoundHotspots:
    """Where in a rectangle much is reported, in at most a hundred cells.

    Args:
        deps: ports.
        box: the rectangle.
        zoom: of the map that shows it; ``None`` where only the number of cells counts.
        category: of which reports alone.
        since: since when; the week in which it lies counts whole. 90 days where it is ``None``, a year at most.
    """
    now = deps.clock.now()
    first = week_of(max(since or now - DEFAULT_PERIOD, now - LONGEST_PERIOD))
    length = length_for(box, zoom)
    of_category = None if category is None else category.value
    rows = await deps.cells.list_weeks(covering(box, length), since=first, category=of_category)
    return FoundHotspots(length, first, hotspots(rows, of_category, now))
