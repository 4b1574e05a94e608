"""What listings are found by, and the words that searches know, made anew by the rules of now."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from common.adapters.mongo.catalogue.listings import MAX_SERVICES
from common.adapters.mongo.search.index_terms import all_terms, count_words
from common.adapters.mongo.shared.documents import from_document
from common.domain.catalogue.categories import Category, CategoryTree
from common.domain.catalogue.listings import Listing, provider_listing, service_listing
from common.domain.catalogue.providers import Provider
from common.domain.catalogue.services import Service, ServiceStatus
from pymongo import ReplaceOne

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pymongo.database import Database

_BATCH = 500
_COUNTED = {"title": 1, "trading_name": 1, "tokens": 1}


def remake(db: Database[dict[str, Any]]) -> None:
    """Give every listing its new tokens and count all words; a listing that is written meanwhile keeps what it gets.

    A second run changes nothing.

    Args:
        db: the database to change.
    """
    tree = CategoryTree([from_document(Category, row) for row in db["categories"].find()])
    for collection, listing in _listings(db, tree):
        fields = {"tokens": listing.tokens, "name_stems": listing.name_stems}
        db[collection].update_one({"_id": listing.id, "updated_at": listing.updated_at}, {"$set": fields})
    named: Counter[str] = Counter()
    others: Counter[str] = Counter()
    for row in db["service_listings"].find({}, _COUNTED):
        count_words(row, named, others)
    terms = all_terms(named, others, tree)
    writes = [ReplaceOne({"_id": word}, fields, upsert=True) for word, fields in terms.items()]
    for begin in range(0, len(writes), _BATCH):
        db["search_terms"].bulk_write(writes[begin : begin + _BATCH], ordered=False)
    stale = [row["_id"] for row in db["search_terms"].find({}, {"_id": 1}) if row["_id"] not in terms]
    for begin in range(0, len(stale), _BATCH):
        db["search_terms"].delete_many({"_id": {"$in": stale[begin : begin + _BATCH]}})


def _listings(db: Database[dict[str, Any]], tree: CategoryTree) -> Iterator[tuple[str, Listing]]:
    for row in db["providers"].find({"is_listed": True}):
        provider = from_document(Provider, row)
        active = {"provider_id": provider.id, "status": ServiceStatus.ACTIVE.value}
        services = [from_document(Service, each) for each in db["services"].find(active).limit(MAX_SERVICES)]
        listing = provider_listing(provider, services, tree)
        if listing is not None:
            yield "provider_listings", listing
        found = [service_listing(provider, service, tree) for service in services]
        yield from (("service_listings", each) for each in found if each is not None)
