"""What is taken of providers' time and of other resources, read from the collection ``slot_claims``."""

from collections.abc import Sequence
from datetime import datetime

from common.adapters.mongo.scheduling.claim_filters import around
from common.adapters.mongo.shared.database import Mongo
from common.domain.scheduling.calendars import Calendars, Taken

_MAX_CLAIMS = 20_000


class MongoBusyTimes:
    """Implements ``BusyTimes``.

    Args:
        mongo: the connection.
    """

    def __init__(self, mongo: Mongo) -> None:
        self._claims = mongo.collection("slot_claims")

    async def calendars(
        self,
        provider_ids: Sequence[str],
        resource_ids: Sequence[str],
        start: datetime,
        end: datetime,
        now: datetime,
    ) -> Calendars:
        """What is taken between two instants, without holds that have expired, in one read."""
        fields = ("provider_id", "resource_id", "start_at", "end_at", "work_start_at", "booking_id", "expires_at")
        shown = {"_id": 0, **dict.fromkeys(fields, 1)}
        taken: list[Taken] = []
        async for row in self._claims.find(around(provider_ids, resource_ids, start, end), shown).limit(_MAX_CLAIMS):
            expires_at = row.get("expires_at")
            if row["end_at"] > start and (expires_at is None or expires_at > now):
                provider_id: str = row["provider_id"]
                resource_id: str = row.get("resource_id", provider_id)
                work_start_at, booking_id = row.get("work_start_at"), row["booking_id"]
                taken.append(Taken(provider_id, resource_id, row["start_at"], row["end_at"], work_start_at, booking_id))
        return Calendars(taken)
