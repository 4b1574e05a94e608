"""Where it is counted how much is reported where."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from common.domain.reports.hotspots import CellWeek, Counted


class ReportCells(Protocol):
    """Counters of cells and weeks, and what is counted of each report."""

    async def get_counted(self, report_id: str) -> Counted | None:
        """What is counted of a report; takes part in a unit of work."""
        ...

    async def count(self, report_id: str, before: Counted | None, after: Counted | None) -> None:
        """Count a report otherwise than before, inside the unit of work.

        It writes to the report's own document, so that a change of the report at the same time makes the unit of work
        run again.

        Raises:
            VersionConflict: another report was the first of the same cell and week at the same time; run it again.
        """
        ...

    async def list_weeks(self, cells: Sequence[str], *, since: datetime, category: str | None) -> Sequence[CellWeek]:
        """Counters of cells of one length, of the weeks that begin at an instant or after it.

        Args:
            cells: at most ``MOST_CELLS`` of them.
            since: the first week.
            category: of which alone; of all where it is ``None``.
        """
        ...
