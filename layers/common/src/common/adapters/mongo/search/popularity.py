"""How much categories are offered, by the counters of facets, and booked, by the counts of days."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime

from common.adapters.mongo.search.booking_counts import LEVEL, MongoBookingCounts
from common.adapters.mongo.search.facet_counters import MongoFacetCounters
from common.adapters.mongo.shared.database import Mongo
from common.application.ports.search.listings import CategoryCount, ListingKind
from common.domain.catalogue.facet_estimates import by_category, sum_all
from common.domain.catalogue.listings import EVERYWHERE, area_key
from common.domain.shared.geo import Point, covering_tiles, tiles_at

#: Counting stops here: beyond it a category is simply popular.
_MAX_SERVICES = 2_000
_AT_ONCE = 5


class MongoPopularity:
    """Implements ``Popularity``.

    Args:
        mongo: the connection.
    """

    def __init__(self, mongo: Mongo) -> None:
        self._listings = mongo.collection("service_listings")
        self._counters = MongoFacetCounters(mongo)
        self._booked = MongoBookingCounts(mongo)

    async def count_by_category(
        self, leaves: Sequence[str], point: Point | None, radius_m: float, since: datetime
    ) -> Sequence[CategoryCount]:
        """Counts of each of the leaves that has any, near a point (to map tiles) or everywhere."""
        tiles = covering_tiles(point, radius_m) if point else [EVERYWHERE]
        offered = await self._offered(leaves, tiles)
        around = tiles_at(point, radius_m, LEVEL) if point else [EVERYWHERE]
        booked = await self._booked.sum_by_category(around, since)
        rows = [CategoryCount(slug, offered[slug], booked[slug]) for slug in leaves]
        return [row for row in rows if row.services or row.bookings]

    async def _offered(self, leaves: Sequence[str], tiles: Sequence[str]) -> Mapping[str, int]:
        """Services of each leaf in some tiles."""
        counters = await self._counters.read(ListingKind.SERVICES, None, tiles)
        if counters is None:
            return await self._one_by_one(leaves, tiles)
        counted = by_category(sum_all(counters.values()))
        return {slug: min(_MAX_SERVICES, max(0, counted[slug])) for slug in leaves}

    async def _one_by_one(self, leaves: Sequence[str], tiles: Sequence[str]) -> Mapping[str, int]:
        """The same while there are no counters, over an index alone."""
        gate = asyncio.Semaphore(_AT_ONCE)

        async def services(slug: str) -> int:
            async with gate:
                wanted = {"areas": {"$in": [area_key(slug, name) for name in tiles]}}
                return await self._listings.count_documents(wanted, limit=_MAX_SERVICES, hint="area_score")

        return dict(zip(leaves, await asyncio.gather(*(services(slug) for slug in leaves)), strict=True))
