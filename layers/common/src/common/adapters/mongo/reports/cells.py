"""Counters of reports by cell and week, in the collection ``report_cells``."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pymongo import UpdateOne
from pymongo.errors import BulkWriteError

from common.adapters.mongo.shared.database import Document, Mongo, refused_keys
from common.adapters.mongo.shared.holdings import Holdings, nobody
from common.adapters.mongo.shared.unit_of_work import current_session
from common.domain.reports.hotspots import MOST_CELLS, MOST_WEEKS, CellWeek, Counted
from common.domain.shared.errors import VersionConflict

HOLDINGS: Holdings = {
    "report_cells": nobody("how many reports lie in a cell of the map"),
}


class MongoReportCells:
    """Implements ``ReportCells``.

    What is counted of a report stands in the report's document, as ``counted``, and is written with the counters in one
    transaction: an event that comes twice, late or in another order counts nothing twice.

    Args:
        mongo: the connection.
    """

    def __init__(self, mongo: Mongo) -> None:
        self._cells = mongo.collection("report_cells")
        self._reports = mongo.collection("reports")

    async def get_counted(self, report_id: str) -> Counted | None:
        """What is counted of a report."""
        row = await self._reports.find_one({"_id": report_id}, {"counted": 1}, session=current_session())
        counted = (row or {}).get("counted")
        return None if counted is None else Counted.model_validate(counted)

    async def count(self, report_id: str, before: Counted | None, after: Counted | None) -> None:
        """Count a report otherwise (see the port)."""
        session = current_session()
        counted = None if after is None else after.model_dump()
        await self._reports.update_one({"_id": report_id}, {"$set": {"counted": counted}}, session=session)
        try:
            await self._cells.bulk_write(_updates(before, after), ordered=False, session=session)
        except BulkWriteError as error:
            if any(refused_keys(error)):
                raise VersionConflict from error
            raise

    async def list_weeks(self, cells: Sequence[str], *, since: datetime, category: str | None) -> Sequence[CellWeek]:
        """Counters of cells (see the port)."""
        told = ("counts", "points") if category is None else (f"counts.{category}", f"points.{category}")
        shown = {"_id": 0, "cell": 1, "week": 1, **dict.fromkeys(told, 1)}
        wanted = {"cell": {"$in": list(cells)}, "week": {"$gte": since}}
        rows = self._cells.find(wanted, shown).limit(MOST_CELLS * MOST_WEEKS)
        return [
            CellWeek(row["cell"], row["week"], row.get("counts") or {}, row.get("points") or {})
            for row in await rows.to_list()
        ]


def _updates(before: Counted | None, after: Counted | None) -> list[UpdateOne]:
    """What is taken from one place's counters and added to the other's; they may be the same."""
    changes: dict[tuple[str, datetime], Document] = defaultdict(dict)
    for counted, sign in ((before, -1), (after, 1)):
        if counted is None:
            continue
        for cell in counted.cells():
            change = changes[cell, counted.week]
            for path, by in (
                (f"counts.{counted.category}", sign),
                (f"points.{counted.category}", sign * counted.points),
            ):
                change[path] = change.get(path, 0) + by
    return [_update(cell, week, change) for (cell, week), change in changes.items()]


def _update(cell: str, week: datetime, change: Mapping[str, Any]) -> UpdateOne:
    moved = {path: by for path, by in change.items() if by}
    first = {"$setOnInsert": {"cell": cell, "week": week}}
    return UpdateOne({"_id": f"{cell}:{week:%Y-%m-%d}"}, {**first, **({"$inc": moved} if moved else {})}, upsert=True)
