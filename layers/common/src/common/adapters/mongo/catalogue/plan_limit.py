"""How many of a provider's services may be active, decided in the database."""

from common.adapters.mongo.catalogue.listings import MAX_SERVICES
from common.adapters.mongo.catalogue.provider_lock import MongoProviderLock
from common.adapters.mongo.shared.database import Document, Mongo
from common.adapters.mongo.shared.unit_of_work import current_session
from common.domain.catalogue.services import ServiceStatus
from common.domain.shared.errors import Conflict


class MongoPlanLimit:
    """Counts inside the transaction of the write it guards; of two at once, the second waits for the first.

    Each count takes the provider's lock (``MongoProviderLock``).

    Args:
        mongo: the connection.
    """

    def __init__(self, mongo: Mongo) -> None:
        self._lock = MongoProviderLock(mongo)
        self._services = mongo.collection("services")

    async def hold(self, provider_id: str) -> None:
        """Refuse what brought more services to be active than the plan lets.

        Raises:
            Conflict: the plan lets no more services be active (code ``plan_limit``).
        """
        limit = await self._limit_of(provider_id)
        if limit is None:
            return
        count = await self._services.count_documents(_active(provider_id), limit=limit + 1, session=current_session())
        if count > limit:
            message = f"Your plan lets {limit} services be active. Pause one or change the plan."
            raise Conflict(message, code="plan_limit")

    async def beyond(self, provider_id: str) -> list[str]:
        """Ids of the newest active services beyond the limit that applies now."""
        limit = await self._limit_of(provider_id)
        if limit is None:
            return []
        rows = self._services.find(_active(provider_id), {"_id": 1}, session=current_session())
        oldest_first = [row["_id"] async for row in rows.sort("_id", 1).limit(MAX_SERVICES)]
        return oldest_first[limit:]

    async def _limit_of(self, provider_id: str) -> int | None:
        row = await self._lock.take(provider_id)
        limit = (row or {}).get("active_service_limit")
        return None if limit is None else int(limit)


def _active(provider_id: str) -> Document:
    return {"provider_id": provider_id, "status": ServiceStatus.ACTIVE.value}
