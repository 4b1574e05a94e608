"""Figures by day in the collection ``metrics_days``, and the schedule's runs in ``metrics_runs``."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta

from pymongo.errors import DuplicateKeyError

from common.adapters.mongo.shared.database import Document, Mongo
from common.adapters.mongo.shared.holdings import Holdings, nobody
from common.application.ports.admin.metrics import Area, DayFigures, SeenQueues

HOLDINGS: Holdings = {
    "metrics_days": nobody("sums of what happened on a day"),
    "metrics_runs": nobody("when sums were made, and numbers of failed messages"),
}

_RUN = "figures"
_DAY = timedelta(days=1)


class MongoMetrics:
    """Implements ``Metrics``. Ids are ``2026-11-29:bookings``, so that days are a range of them.

    Args:
        mongo: the connection.
    """

    def __init__(self, mongo: Mongo) -> None:
        self._days = mongo.collection("metrics_days")

    async def save(self, figures: DayFigures) -> None:
        """Replace an area's day, unless what is stored was counted later."""
        row = {**figures.model_dump(exclude={"day"}), "area": figures.area.value, "day": figures.day.isoformat()}
        older = {"_id": f"{figures.day}:{figures.area}", "computed_at": {"$lte": figures.computed_at}}
        try:
            await self._days.replace_one(older, row, upsert=True)
        except DuplicateKeyError:  # it was counted again meanwhile, of newer rows
            return

    async def list(self, first: date, last: date, areas: Collection[Area]) -> Sequence[DayFigures]:
        """The days from ``first`` to ``last``, in their order."""
        wanted: Document = {**_between(first, last), "area": {"$in": [each.value for each in areas]}}
        rows = self._days.find(wanted).sort("_id", 1).limit(_most(first, last))
        return [DayFigures.model_validate(row) async for row in rows]

    async def list_computed(self, first: date, last: date) -> Mapping[tuple[date, Area], datetime]:
        """When each of the days was counted, as far as they were."""
        fields = {"_id": 0, "day": 1, "area": 1, "computed_at": 1}
        rows = self._days.find(_between(first, last), fields).limit(_most(first, last))
        return {(date.fromisoformat(row["day"]), Area(row["area"])): row["computed_at"] async for row in rows}


class MongoMetricsRuns:
    """Implements ``MetricsRuns``: one document.

    Args:
        mongo: the connection.
    """

    def __init__(self, mongo: Mongo) -> None:
        self._runs = mongo.collection("metrics_runs")

    async def claim(self, now: datetime, until: datetime) -> bool:
        """Take the run; ``False`` where somebody has it."""
        try:
            taken = await self._runs.update_one(
                {"_id": _RUN, "leased_until": {"$not": {"$gt": now}}}, {"$set": {"leased_until": until}}, upsert=True
            )
        except DuplicateKeyError:
            return False
        return taken.matched_count == 1 or taken.upserted_id is not None

    async def release(self, until: datetime, now: datetime) -> None:
        """Give the run back that was taken ``until`` then."""
        await self._runs.update_one({"_id": _RUN, "leased_until": until}, {"$set": {"leased_until": now}})

    async def save_queues(self, seen: SeenQueues) -> None:
        """Remember how many dead letters there are."""
        await self._runs.update_one({"_id": _RUN}, {"$set": {"queues": seen.model_dump()}}, upsert=True)

    async def get_queues(self) -> SeenQueues | None:
        """What was remembered last."""
        row = await self._runs.find_one({"_id": _RUN}, {"queues": 1})
        return SeenQueues.model_validate(row["queues"]) if row and "queues" in row else None


def _between(first: date, last: date) -> Document:
    return {"_id": {"$gte": first.isoformat(), "$lt": (last + _DAY).isoformat()}}


def _most(first: date, last: date) -> int:
    """As many rows as there can be."""
    return ((last - first).days + 1) * len(Area)
