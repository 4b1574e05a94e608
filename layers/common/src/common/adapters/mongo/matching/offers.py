"""Offers in MongoDB: each write is of the version that was decided on, inside a unit of work."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from pymongo import ReplaceOne
from pymongo.errors import BulkWriteError

from common.adapters.mongo.shared.database import Document, Mongo, refused_keys
from common.adapters.mongo.shared.documents import from_document, to_native_document
from common.adapters.mongo.shared.holdings import Fate, Holding, Holdings, Walk, Whose
from common.adapters.mongo.shared.taking import take_due
from common.adapters.mongo.shared.unit_of_work import current_session
from common.application.ports.shared.due import Due
from common.domain.matching.job_requests import JobRequest
from common.domain.matching.offers import Offer, OfferStatus
from common.domain.shared.actors import ActorKind
from common.domain.shared.errors import VersionConflict

_EVERY_STATUS = tuple(status.value for status in OfferStatus)
_LEASE = frozenset({"lease"})


def _without_words_of(party: ActorKind, proposal: str) -> Callable[[Mapping[str, Any]], Mapping[str, Any]]:
    """A row for the side that an export is for, without what the other party wrote in a proposal or to decline."""

    def shown(row: Mapping[str, Any]) -> Mapping[str, Any]:
        kept = dict(row)
        if proposed := row.get(proposal):
            kept[proposal] = {**proposed, "note": ""}
        return {**kept, "decline_note": ""} if row.get("declined_by") == party.value else kept

    return shown


HOLDINGS: Holdings = {
    "offers": (
        Holding(
            Whose.ACCOUNT,
            Fate.BLANKED,
            "customer_id",
            "offers_as_customer",
            hidden=_LEASE | {"claim_id", "resource_ids", "provider_user_id"},
            shown=_without_words_of(ActorKind.PROVIDER, "quote"),
        ),
        Holding(
            Whose.PROVIDER,
            Fate.BLANKED,
            "provider_id",
            "offers_as_provider",
            hidden=_LEASE | {"customer_id"},
            shown=_without_words_of(ActorKind.CUSTOMER, "counter"),
            walk=Walk(statuses=_EVERY_STATUS),
        ),
    ),
}

#: The index of lists, which the planner might pass over for that of ids.
_BY_PROVIDER = "provider_status_newest"
_WITH_REQUEST: Document = {
    "$lookup": {"from": "job_requests", "localField": "request_id", "foreignField": "_id", "as": "request"}
}
_ENDED = sorted({*_EVERY_STATUS} - {OfferStatus.OPEN.value})


class MongoJobOffers:
    """Implements ``JobOffers``.

    Args:
        mongo: the connection.
    """

    def __init__(self, mongo: Mongo) -> None:
        self._offers = mongo.collection("offers")

    async def get(self, offer_id: str) -> Offer | None:
        """One offer by id."""
        row = await self._offers.find_one({"_id": offer_id}, session=current_session())
        return None if row is None else from_document(Offer, row)

    async def get_with_request(self, offer_id: str) -> tuple[Offer, JobRequest] | None:
        """One offer by id and the request that it is about, by one command (see the port)."""
        rows = await (await self._offers.aggregate([{"$match": {"_id": offer_id}}, _WITH_REQUEST])).to_list(1)
        if not rows or not rows[0]["request"]:
            return None
        (request,) = rows[0].pop("request")
        return from_document(Offer, rows[0]), from_document(JobRequest, request)

    async def list_by_request(self, request_id: str, *, limit: int) -> Sequence[Offer]:
        """All offers of a request, in the order of providers' ids."""
        wanted = {"request_id": request_id}
        rows = self._offers.find(wanted, session=current_session()).sort("provider_id", 1).limit(limit)
        return [from_document(Offer, row) async for row in rows]

    async def list_by_provider(
        self, provider_id: str, *, statuses: Sequence[OfferStatus], limit: int, before: str | None
    ) -> Sequence[Offer]:
        """A provider's offers, newest first (see the port)."""
        wanted: Document = {"provider_id": provider_id, "status": {"$in": list(statuses or _EVERY_STATUS)}}
        if before is not None:
            wanted["_id"] = {"$lt": before}
        rows = self._offers.find(wanted, session=current_session(), hint=_BY_PROVIDER).sort("_id", -1).limit(limit)
        return [from_document(Offer, row) async for row in rows]

    async def count_open(self, provider_ids: Sequence[str]) -> Mapping[str, int]:
        """How many open offers each of these providers has; who has none is left out."""
        open_ones = {"provider_id": {"$in": list(provider_ids)}, "status": OfferStatus.OPEN.value}
        counted = {"$group": {"_id": "$provider_id", "count": {"$sum": 1}}}
        pipeline = [{"$match": open_ones}, counted]
        rows = await self._offers.aggregate(pipeline, session=current_session(), hint=_BY_PROVIDER)
        return {row["_id"]: row["count"] async for row in rows}

    async def insert(self, offers: Sequence[Offer]) -> None:
        """Store new offers (see the port for what it raises)."""
        try:
            await self._offers.insert_many([to_native_document(each) for each in offers], session=current_session())
        except BulkWriteError as error:
            if any(refused_keys(error)):
                raise VersionConflict("A provider was asked meanwhile.") from error
            raise

    async def replace(self, offers: Sequence[Offer]) -> None:
        """Replace offers by their next versions (see the port for what it raises)."""
        if not offers:
            return
        writes = [
            ReplaceOne({"_id": each.id, "version": each.version - 1}, to_native_document(each)) for each in offers
        ]
        done = await self._offers.bulk_write(writes, session=current_session())
        if done.matched_count < len(offers):
            raise VersionConflict("An offer has changed meanwhile.")

    async def claim_due(self, now: datetime, *, until: datetime, limit: int) -> Due[Offer]:
        """Take due offers under a lease, which every replacement ends (see the port)."""
        return await take_due(self._offers, Offer, now, until=until, limit=limit)

    async def erase_customer(self, customer_id: str, *, limit: int) -> int:
        """Take what a customer wrote out of up to ``limit`` offers that have ended; in how many."""
        own = {"customer_id": customer_id, "status": {"$in": _ENDED}}
        return await self._erase(own, ActorKind.CUSTOMER, "counter", {}, limit)

    async def erase_provider(self, provider_id: str, *, limit: int) -> int:
        """Take a provider's name, and what they wrote, out of up to ``limit`` offers that have ended; in how many."""
        own = {"provider_id": provider_id, "status": {"$in": _ENDED}}
        return await self._erase(own, ActorKind.PROVIDER, "quote", {"provider_name": ""}, limit)

    async def _erase(self, own: Document, party: ActorKind, said: str, blank: Document, limit: int) -> int:
        """Blank a party's words: in what it proposed, its own decline, and further fields."""
        named: list[Document] = [{name: {"$ne": value}} for name, value in blank.items()]
        declined = {"declined_by": party.value, "decline_note": {"$ne": ""}}
        proposed = {said: {"$ne": None}, f"{said}.note": {"$ne": ""}}
        written = {**own, "$or": [*named, declined, proposed]}
        ids = [row["_id"] async for row in self._offers.find(written, {"_id": 1}).limit(limit)]
        if ids:
            is_own = {"$eq": ["$declined_by", party.value]}
            words: Document = {
                **{name: {"$literal": value} for name, value in blank.items()},
                "decline_note": {"$cond": [is_own, "", "$decline_note"]},
                said: {"$cond": [{"$gt": [f"${said}", None]}, {"$mergeObjects": [f"${said}", {"note": ""}]}, None]},
            }
            await self._offers.update_many({"_id": {"$in": ids}}, [{"$set": words}])
        return len(ids)
