"""A service with its provider and what is taken around a start: one command instead of three in turn."""

from datetime import datetime, timedelta

from common.adapters.mongo.catalogue.services import WITH_PROVIDER
from common.adapters.mongo.shared.database import Document, Mongo
from common.adapters.mongo.shared.documents import from_document
from common.application.ports.bookings.offers import AFTER, BEFORE, Offer
from common.domain.catalogue.providers import Provider
from common.domain.catalogue.services import Service
from common.domain.scheduling.slot_cells import LONGEST_CLAIM, SlotClaim


class MongoOffers:
    """Implements ``Offers`` over ``services``, ``providers`` and ``slot_claims``.

    Args:
        mongo: the connection.
    """

    def __init__(self, mongo: Mongo) -> None:
        self._services = mongo.collection("services")

    async def get(self, service_id: str, start_at: datetime) -> Offer | None:
        """A service with what it takes to judge a start, an aware instant; ``None`` where it has no provider."""
        rows = await self._services.aggregate(offer_pipeline(service_id, start_at))
        found = await rows.to_list(1)
        if not found or not found[0]["provider"]:
            return None
        row = found[0]
        (provider,), own, others = row.pop("provider"), row.pop("own"), row.pop("others")
        claims = [from_document(SlotClaim, {**claim, "cells": []}) for claim in (*own, *others)]
        return Offer(from_document(Service, row), from_document(Provider, provider), claims, start_at)


def offer_pipeline(service_id: str, start_at: datetime) -> list[Document]:
    """Claims of the provider, whatever they take, and those of the service's resources by anybody else."""
    first, last = _clamped(start_at, -BEFORE), _clamped(start_at, AFTER)
    taken = {"start_at": {"$gt": _clamped(first, -LONGEST_CLAIM), "$lt": last}, "end_at": {"$gt": first}}
    fields = {"$project": {"cells": 0}}
    is_others = {"$expr": {"$ne": ["$provider_id", "$$provider"]}}
    return [
        {"$match": {"_id": service_id}},
        WITH_PROVIDER,
        {
            "$lookup": {
                "from": "slot_claims",
                "localField": "provider_id",
                "foreignField": "provider_id",
                "pipeline": [{"$match": taken}, fields],
                "as": "own",
            }
        },
        {
            "$lookup": {
                "from": "slot_claims",
                "localField": "resource_ids",
                "foreignField": "resource_id",
                "let": {"provider": "$provider_id"},
                "pipeline": [{"$match": {**taken, **is_others}}, fields],
                "as": "others",
            }
        },
    ]


def _clamped(instant: datetime, by: timedelta) -> datetime:
    """The instant moved, as far as instants go."""
    try:
        return instant + by
    except OverflowError:
        return instant
