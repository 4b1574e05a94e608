"""The derived collections, each rebuilt from what it is derived from; safe to run again and beside live traffic."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from common.adapters.mongo.search.index_terms import all_terms, count_words
from common.adapters.mongo.shared.documents import from_document
from common.application.search.popular import count_bookings
from common.domain.bookings.booking import Booking
from common.domain.bookings.earnings import earned_of
from pymongo import UpdateOne

from infra.ops.rebuild.facets import rebuild_facets

if TYPE_CHECKING:
    from collections.abc import Iterable

    from common.domain.catalogue.categories import CategoryTree
    from common.runtime.container.bootstrap import Container

_BATCH = 1_000
_COUNTED = {"title": 1, "trading_name": 1, "tokens": 1}


async def rebuild_ratings(container: Container) -> int:
    """Recompute the rating summaries of every service that has published ratings, and of its provider.

    Returns:
        The number of services.
    """
    pairs = {"_id": {"service_id": "$service_id", "provider_id": "$provider_id"}}
    rows = await container.mongo.collection("ratings").aggregate([{"$group": pairs}], allowDiskUse=True)
    done = 0
    async for row in rows:
        found = row["_id"]
        await container.rating_summaries.refresh(
            provider_id=found["provider_id"], service_id=found["service_id"], now=container.clock.now()
        )
        done += 1
    return done


async def rebuild_listings(container: Container) -> int:
    """Project every provider and its services anew, and drop the listings of those that are gone.

    Returns:
        The number of providers.
    """
    ids = [row["_id"] async for row in container.mongo.collection("providers").find({}, {"_id": 1})]
    for provider_id in ids:
        await container.listings.refresh_provider(provider_id)
    known = set(ids)
    for name in ("service_listings", "provider_listings"):
        by_provider = await container.mongo.collection(name).aggregate([{"$group": {"_id": "$provider_id"}}])
        # One that is not known may be gone, or have come since: projecting it anew tells, and drops what is left.
        for provider_id in [row["_id"] async for row in by_provider if row["_id"] not in known]:
            await container.listings.refresh_provider(provider_id)
    return len(ids)


async def rebuild_terms(container: Container) -> int:
    """Count what shown listings are found by anew: words of titles and names, stems of descriptions, and categories.

    Words no longer used are forgotten.

    Returns:
        The number of words, stems and categories.
    """
    named: Counter[str] = Counter()
    others: Counter[str] = Counter()
    async for row in container.mongo.collection("service_listings").find({}, _COUNTED):
        count_words(row, named, others)
    tree: CategoryTree = await container.categories.tree()
    terms = container.mongo.collection("search_terms")
    fields = all_terms(named, others, tree)
    writes = [UpdateOne({"_id": word}, {"$set": each}, upsert=True) for word, each in fields.items()]
    for batch in _batches(writes):
        await terms.bulk_write(batch, ordered=False)
    kept = set(fields)
    stale = [row["_id"] async for row in terms.find({}, {"_id": 1}) if row["_id"] not in kept]
    await terms.delete_many({"_id": {"$in": stale}})
    return len(kept)


async def rebuild_popularity(container: Container) -> int:
    """Count the bookings of the last thirty days anew, by day and map tile.

    Returns:
        The number of bookings.
    """
    await container.booking_counts.reset()
    return await count_bookings(container.booking_counts, container.clock, has_time=lambda: True)


def _batches(writes: list[UpdateOne]) -> Iterable[list[UpdateOne]]:
    for begin in range(0, len(writes), _BATCH):
        yield writes[begin : begin + _BATCH]


async def rebuild_earnings(container: Container) -> int:
    """Compute anew what each booking adds to its provider's earnings; one that changes meanwhile brings its own.

    Returns:
        The number of bookings whose figures were missing or wrong.
    """
    bookings = container.mongo.collection("bookings")
    last, changed = "", 0
    while rows := await bookings.find({"_id": {"$gt": last}}).sort("_id", 1).limit(_BATCH).to_list():
        last = rows[-1]["_id"]
        writes = [
            UpdateOne({"_id": row["_id"], "version": row["version"]}, {"$set": {"figures": figures}})
            for row in rows
            if (figures := earned_of(from_document(Booking, row)).model_dump()) != row.get("figures")
        ]
        if writes:
            changed += (await bookings.bulk_write(writes, ordered=False)).modified_count
    return changed


STEPS: dict[str, Any] = {
    "ratings": rebuild_ratings,
    "listings": rebuild_listings,
    "terms": rebuild_terms,
    "facets": rebuild_facets,
    "earnings": rebuild_earnings,
    "popularity": rebuild_popularity,
}
