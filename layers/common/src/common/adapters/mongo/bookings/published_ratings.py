"""Ratings that others may see, and the summaries computed from them."""

from collections.abc import Sequence
from datetime import datetime

from common.adapters.mongo.catalogue.listings import MongoListings
from common.adapters.mongo.catalogue.provider_lock import MongoProviderLock
from common.adapters.mongo.shared.database import Document, Mongo
from common.adapters.mongo.shared.documents import from_document
from common.adapters.mongo.shared.unit_of_work import MongoUnitOfWork, current_session
from common.domain.bookings.booking import ActorKind
from common.domain.bookings.ratings import Rating, RatingState
from common.domain.catalogue.providers import RatingSummary

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

    A rating's ``counted`` is what of it is in the summaries: its stars, or 0. Whoever changes a summary takes the
    provider's lock and writes both together, so that an event that comes twice, or late, counts once.

    Args:
        mongo: the connection.
        listings: what searches read.
    """

    def __init__(self, mongo: Mongo, listings: MongoListings) -> None:
        self._ratings = mongo.collection("ratings")
        self._services = mongo.collection("services")
        self._providers = mongo.collection("providers")
        self._listings = listings
        self._lock = MongoProviderLock(mongo)
        self._unit = MongoUnitOfWork(mongo)

    async def apply(self, booking_id: str, *, provider_id: str, service_id: str, now: datetime) -> None:
        """Count what has become of a booking's rating since it was counted last (see the port)."""

        async def work() -> None:
            session = current_session()
            provider = await self._lock.take(provider_id)
            of_booking = {"booking_id": booking_id, "author_kind": _COUNTED["author_kind"]}
            rating = await self._ratings.find_one(of_booking, session=session)
            if rating is None:
                return
            if "counted" not in rating:
                await self._recount(provider_id, service_id, now)
                return
            stars = rating["stars"] if rating["state"] == _COUNTED["state"] else 0
            if stars == rating["counted"]:
                return
            await self._ratings.update_one({"_id": rating["_id"]}, {"$set": {"counted": stars}}, session=session)
            service = await self._services.find_one({"_id": service_id}, {"rating": 1}, session=session)
            of_service, of_provider = (
                RatingSummary.model_validate((row or {}).get("rating") or {}).after(rating["counted"], stars)
                for row in (service, provider)
            )
            await self._store(provider_id, of_provider, service_id, of_service, now)

        await self._unit.run(work)

    async def refresh(self, *, provider_id: str, service_id: str, now: datetime) -> RatingSummary:
        """Recompute a service's and its provider's summaries, and their listings, in one transaction.

        ``updated_at`` and ``version`` stay: the owner has not edited anything. ``now`` marks the summary.
        """

        async def work() -> RatingSummary:
            await self._lock.take(provider_id)
            return await self._recount(provider_id, service_id, now)

        return await self._unit.run(work)

    async def _recount(self, provider_id: str, service_id: str, now: datetime) -> RatingSummary:
        """Count every rating anew; from now on they say what of them is counted."""
        is_shown: Document = {"$eq": ["$state", _COUNTED["state"]]}
        counted: Document = {"$cond": [is_shown, "$stars", 0]}
        differs = {
            "provider_id": provider_id,
            "author_kind": _COUNTED["author_kind"],
            "$expr": {"$ne": ["$counted", counted]},
        }
        await self._ratings.update_many(differs, [{"$set": {"counted": counted}}], session=current_session())
        of_service = await self._summary({"service_id": service_id})
        of_provider = await self._summary({"provider_id": provider_id})
        await self._store(provider_id, of_provider, service_id, of_service, now)
        return of_service

    async def _store(
        self, provider_id: str, of_provider: RatingSummary, service_id: str, of_service: RatingSummary, now: datetime
    ) -> None:
        session, marked = current_session(), {"rating_at": now}
        await self._services.update_one(
            {"_id": service_id}, {"$set": {"rating": of_service.model_dump(), **marked}}, session=session
        )
        await self._providers.update_one(
            {"_id": provider_id}, {"$set": {"rating": of_provider.model_dump(), **marked}}, session=session
        )
        await self._listings.set_ratings(provider_id, of_provider, service_id, of_service)

    async def _summary(self, of: Document) -> RatingSummary:
        group = {"_id": None, "count": {"$sum": 1}, "total": {"$sum": "$stars"}}
        pipeline = [{"$match": {**of, **_COUNTED}}, {"$group": group}]
        async for row in await self._ratings.aggregate(pipeline, session=current_session()):
            return RatingSummary.of(int(row["count"]), int(row["total"]))
        return RatingSummary()
