"""What waits for schedules, and how services outside do, in MongoDB."""

from collections.abc import Sequence
from datetime import UTC, datetime

from common.adapters.mongo.shared.database import Mongo
from common.adapters.mongo.shared.holdings import Holdings, nobody
from common.adapters.mongo.shared.taking import due_filter
from common.application.ports.admin.operations import BreakerState, Sweep

#: There is one for each service outside.
_MOST_BREAKERS = 100

HOLDINGS: Holdings = {
    "migrations": nobody("which changes a database has had, and when"),
}


class MongoLags:
    """Implements ``Lags`` over the collections with timers, ``breakers`` and ``migrations``.

    Args:
        mongo: the connection.
    """

    def __init__(self, mongo: Mongo) -> None:
        self._mongo = mongo

    async def get_oldest_due(self, sweep: Sweep, now: datetime) -> datetime | None:
        """When the longest overdue timer was due; what a sweep has taken is not due before its lease ends."""
        rows = self._mongo.collection(sweep.value)
        found = await rows.find_one(due_filter(now), {"next_due_at": 1}, sort=[("next_due_at", 1)])
        return None if found is None else found["next_due_at"]

    async def get_begun(self) -> datetime | None:
        """Since when the database is in use: the instant of its first migration (``infra.ops.migrations``)."""
        found = await self._mongo.collection("migrations").find_one({}, {"applied": 1}, sort=[("_id", 1)])
        return None if found is None else found["applied"]

    async def list_breakers(self) -> Sequence[BreakerState]:
        """The breakers that were ever needed, by name."""
        rows = self._mongo.collection("breakers").find().sort("_id", 1).limit(_MOST_BREAKERS)
        return [
            BreakerState(row["_id"], _instant(row.get("opened_at")), len(row.get("failures") or ()))
            async for row in rows
        ]


def _instant(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
