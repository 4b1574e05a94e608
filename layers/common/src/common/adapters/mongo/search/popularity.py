"""How much categories are offered and booked, counted over indexes alone."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from math import cos, degrees, radians

from common.adapters.mongo.shared.database import Document, Mongo
from common.application.ports.search.listings import CategoryCount
from common.domain.catalogue.listings import EVERYWHERE, area_key
from common.domain.shared.geo import EARTH_RADIUS_M, Point, covering_tiles

#: Counting stops here: beyond it a category is simply popular.
_MAX_SERVICES = 2_000
_MAX_BOOKINGS = 20_000
_AT_ONCE = 5


class MongoPopularity:
    """Implements ``Popularity``.

    Args:
        mongo: the connection.
    """

    def __init__(self, mongo: Mongo) -> None:
        self._listings = mongo.collection("service_listings")
        self._bookings = mongo.collection("bookings")

    async def count_by_category(
        self, leaves: Sequence[str], point: Point | None, radius_m: float, since: datetime
    ) -> Sequence[CategoryCount]:
        """Counts of each of the leaves that has any, near a point (to map tiles) or everywhere."""
        tiles = covering_tiles(point, radius_m) if point else [EVERYWHERE]
        gate = asyncio.Semaphore(_AT_ONCE)

        async def services(slug: str) -> int:
            async with gate:
                wanted = {"areas": {"$in": [area_key(slug, name) for name in tiles]}}
                return await self._listings.count_documents(wanted, limit=_MAX_SERVICES, hint="area_score")

        offered = await asyncio.gather(*(services(slug) for slug in leaves))
        booked = await self._booked(point, radius_m, since)
        rows = [CategoryCount(slug, number, booked[slug]) for slug, number in zip(leaves, offered, strict=True)]
        return [row for row in rows if row.services or row.bookings]

    async def _booked(self, point: Point | None, radius_m: float, since: datetime) -> Counter[str]:
        wanted: Document = {"created_at": {"$gte": since}}
        if point is not None:
            high = degrees(radius_m / EARTH_RADIUS_M)
            wide = high / max(0.05, cos(radians(point.lat)))
            wanted["place.lat"] = {"$gte": point.lat - high, "$lte": point.lat + high}
            wanted["place.lng"] = {"$gte": point.lng - wide, "$lte": point.lng + wide}
        pipeline: list[Document] = [
            {"$match": wanted},
            {"$sort": {"created_at": -1}},
            {"$limit": _MAX_BOOKINGS},
            {"$group": {"_id": "$service.category", "count": {"$sum": 1}}},
        ]
        rows = await self._bookings.aggregate(pipeline, hint="recent_categories")
        return Counter({row["_id"]: row["count"] async for row in rows})
