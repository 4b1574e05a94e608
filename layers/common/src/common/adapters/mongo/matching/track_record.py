"""What bookings tell of work that was done, by the indexes of lists."""

from collections.abc import Mapping, Sequence

from common.adapters.mongo.shared.database import Document, Mongo
from common.domain.bookings.booking import BookingStatus

_DONE = [BookingStatus.COMPLETED.value, BookingStatus.SETTLED.value]
#: Jobs of a customer that are looked at, the latest.
_JOBS = 200


class MongoTrackRecord:
    """Implements ``TrackRecord`` over bookings.

    Args:
        mongo: the connection.
    """

    def __init__(self, mongo: Mongo) -> None:
        self._bookings = mongo.collection("bookings")
        self._providers = mongo.collection("providers")

    async def known_providers(self, customer_id: str) -> frozenset[str]:
        """Providers who have done work for a customer, of the last few hundred jobs."""
        done = {"customer_id": customer_id, "status": {"$in": _DONE}}
        rows = self._bookings.find(done, {"provider_id": 1}).sort("slot.start_at", -1).limit(_JOBS)
        return frozenset([row["provider_id"] async for row in rows])

    async def jobs_done(self, provider_ids: Sequence[str], *, most: int) -> Mapping[str, int]:
        """How many jobs each of these providers has done, counted up to ``most``, in one command."""
        rows = await self._providers.aggregate(jobs_pipeline(provider_ids, most))
        return {row["_id"]: len(row["jobs"]) async for row in rows}


def jobs_pipeline(provider_ids: Sequence[str], most: int) -> list[Document]:
    """The first few done jobs of each provider."""
    done: list[Document] = [{"$match": {"status": {"$in": _DONE}}}, {"$limit": max(1, most)}, {"$project": {"_id": 1}}]
    joined = {"from": "bookings", "localField": "_id", "foreignField": "provider_id", "pipeline": done, "as": "jobs"}
    return [{"$match": {"_id": {"$in": list(provider_ids)}}}, {"$project": {"_id": 1}}, {"$lookup": joined}]
