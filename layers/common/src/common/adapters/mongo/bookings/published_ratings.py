"""Ratings that others may see, and the summaries computed from them."""

from collections.abc import Sequence
from datetime import datetime

from common.adapters.mongo.catalogue.listings import MongoListings
from common.adapters.mongo.shared.database import Document, Mongo
from common.adapters.mongo.shared.documents import from_document
from common.adapters.mongo.shared.unit_of_work import MongoUnitOfWork, current_session
from common.domain.bookings.booking import ActorKind
from common.domain.bookings.ratings import Rating, RatingState
from common.domain.catalogue.providers import RatingSummary
from common.domain.catalogue.rating_scores import bayesian_score

#: Only what customers say of providers is shown and counted.
_COUNTED = {"author_kind": ActorKind.CUSTOMER.value, "state": RatingState.PUBLISHED.value}


class MongoPublishedRatings:
    """Implements ``PublishedRatings``.

    Args:
        mongo: the connection.
    """

    def __init__(self, mongo: Mongo) -> None:
        self._ratings = mongo.collection("ratings")

    async def search(
        self, *, provider_id: str | None, service_id: str | None, limit: int, before: tuple[datetime, str] | None
    ) -> Sequence[Rating]:
        """Customers' published ratings of a provider or of one service, the newest first."""
        wanted: Document = {"provider_id": provider_id} if service_id is None else {"service_id": service_id}
        wanted |= _COUNTED
        if before is not None:
            at, last_id = before
            wanted["published_at"] = {"$lte": at}
            wanted["$or"] = [{"published_at": {"$lt": at}}, {"published_at": at, "_id": {"$lt": last_id}}]
        rows = self._ratings.find(wanted).sort([("published_at", -1), ("_id", -1)]).limit(limit)
        return [from_document(Rating, row) async for row in rows]


class MongoSummaries:
    """Implements ``Summaries``.

    Args:
        mongo: the connection.
        listings: what searches read.
    """

    def __init__(self, mongo: Mongo, listings: MongoListings) -> None:
        self._ratings = mongo.collection("ratings")
        self._services = mongo.collection("services")
        self._providers = mongo.collection("providers")
        self._listings = listings
        self._unit = MongoUnitOfWork(mongo)

    async def refresh(self, *, provider_id: str, service_id: str, now: datetime) -> RatingSummary:
        """Recompute a service's and its provider's summaries, and their listings, in one transaction.

        ``updated_at`` and ``version`` stay: the owner has not edited anything. ``now`` marks the summary.
        """

        async def work() -> RatingSummary:
            session = current_session()
            of_service = await self._summary({"service_id": service_id})
            of_provider = await self._summary({"provider_id": provider_id})
            marked = {"rating_at": now}
            await self._services.update_one(
                {"_id": service_id}, {"$set": {"rating": of_service.model_dump(), **marked}}, session=session
            )
            await self._providers.update_one(
                {"_id": provider_id}, {"$set": {"rating": of_provider.model_dump(), **marked}}, session=session
            )
            await self._listings.refresh_provider(provider_id)
            return of_service

        return await self._unit.run(work)

    async def _summary(self, of: Document) -> RatingSummary:
        group = {"_id": None, "count": {"$sum": 1}, "total": {"$sum": "$stars"}}
        pipeline = [{"$match": {**of, **_COUNTED}}, {"$group": group}]
        async for row in await self._ratings.aggregate(pipeline, session=current_session()):
            count, total = int(row["count"]), int(row["total"])
            return RatingSummary(count=count, total=total, score=bayesian_score(count, total))
        return RatingSummary()
