"""What is taken of providers' time, read from the collection ``slot_claims``."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from common.adapters.mongo.shared.database import Document, Mongo
from common.domain.scheduling.slot_cells import LONGEST_CLAIM
from common.domain.scheduling.slots import Busy

_MAX_CLAIMS = 20_000


class MongoBusyTimes:
    """Implements ``BusyTimes``.

    Args:
        mongo: the connection.
    """

    def __init__(self, mongo: Mongo) -> None:
        self._claims = mongo.collection("slot_claims")

    async def list_by_provider(self, provider_id: str, start: datetime, end: datetime, now: datetime) -> Sequence[Busy]:
        """Intervals of a provider that overlap the given one, without holds that have expired."""
        return (await self.list_by_providers([provider_id], start, end, now)).get(provider_id, [])

    async def list_by_providers(
        self, provider_ids: Sequence[str], start: datetime, end: datetime, now: datetime
    ) -> Mapping[str, Sequence[Busy]]:
        """The same for several providers in one read."""
        wanted: Document = {
            "provider_id": {"$in": list(provider_ids)},
            "start_at": {"$gt": start - LONGEST_CLAIM, "$lt": end},
        }
        fields = ("provider_id", "start_at", "end_at", "work_start_at", "booking_id", "expires_at")
        shown = {"_id": 0, **dict.fromkeys(fields, 1)}
        found: dict[str, list[Busy]] = {}
        async for row in self._claims.find(wanted, shown, hint="provider_start").limit(_MAX_CLAIMS):
            expires_at = row.get("expires_at")
            if row["end_at"] > start and (expires_at is None or expires_at > now):
                busy = Busy(row["start_at"], row["end_at"], row.get("work_start_at"), row["booking_id"])
                found.setdefault(row["provider_id"], []).append(busy)
        return found
