"""Listings in index order. Every query names the index it is made for, and reads nothing outside of it.

- nearest first: ``near`` (see ``geo_scan``).
- best rated or cheapest first: ``area_score`` and ``area_price``, merged over the map tiles that cover the disc; exact
  distances are then checked on what comes.
- words without a point: ``token_score``.

Each read is limited to what is wanted of it with some to spare, so that no cursor stays open.
"""

from collections.abc import Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from time import monotonic
from typing import Any, Final

from pymongo.errors import PyMongoError

from common.adapters.mongo.search.filters import sorted_query
from common.adapters.mongo.search.geo_scan import is_reached, nearest, with_spare
from common.adapters.mongo.shared.database import Collection, Document, Mongo, as_unavailable
from common.application.ports.search.listings import Criteria, Hit, ListingKind, Order, Position, Sample, Scan
from common.domain.catalogue.categories import EVERYTHING
from common.domain.catalogue.listings import area_key
from common.domain.catalogue.place_kinds import DEFAULT_PLACE_KINDS
from common.domain.shared.geo import TILE_LEVELS, Point, distance_m, tile, tile_km2

COLLECTIONS = {ListingKind.SERVICES: "service_listings", ListingKind.PROVIDERS: "provider_listings"}
#: Sorted walks over tiles look at this many documents for each one wanted at most, then give a shorter stretch.
_MAX_EXAMINED_PER_HIT = 50
#: How far listings of one tile are counted, for how long and for how many tiles that is remembered.
_MOST_COUNTED = 2_000
_KEPT_SECONDS = 300.0
_MOST_KEPT = 1_000
_HIDDEN: Final = {"areas": 0, "tokens": 0, "name_stems": 0, "updated_at": 0}
_COUNTED: Final = {"category": 1, "price": 1, "mean": 1, "place_kinds": 1}
_COUNTED_NEAR: Final = {**_COUNTED, "location": 1, "reach_m": 1, "visit_m": 1}


class MongoListingIndex:
    """Implements ``ListingIndex``.

    Args:
        mongo: the connection.
    """

    def __init__(self, mongo: Mongo) -> None:
        self._mongo = mongo
        self._densities: dict[str, tuple[float, float]] = {}

    async def scan(
        self,
        kind: ListingKind,
        criteria: Criteria,
        order: Order,
        *,
        limit: int,
        after: Position | None = None,
        until: Position | None = None,
    ) -> Scan:
        """Listings in an order (see the port for what it raises)."""
        collection = self._mongo.collection(COLLECTIONS[kind])
        try:
            if order is Order.DISTANCE:
                return await _outwards(collection, criteria, limit, after, until, await self._density(kind, criteria))
            return await _sorted(collection, criteria, order, limit, after, until)
        except PyMongoError as error:
            if unavailable := as_unavailable(error):
                raise unavailable from error
            raise

    async def sample(self, kind: ListingKind, criteria: Criteria, *, limit: int) -> tuple[Sequence[Sample], bool]:
        """What facets count of the first listings, and whether those are all."""
        collection = self._mongo.collection(COLLECTIONS[kind])
        rows: list[Mapping[str, Any]] = []
        if criteria.point is None:
            query, sort, index = sorted_query(criteria, Order.RATING, None, None)
            found = collection.find(query, _COUNTED, hint=index).sort(sort).limit(limit + 1).batch_size(limit + 1)
            rows.extend(await found.to_list())
        else:
            density = await self._density(kind, criteria)
            near_rows = nearest(collection, criteria, start=0.0, wanted=limit + 1, shown=_COUNTED_NEAR, per_km2=density)
            async with aclosing(near_rows) as near:
                async for row, _ in near:
                    rows.append(row)
                    if len(rows) > limit:
                        break
        samples = [Sample(row["category"], row["price"], row["mean"], _place_kinds(row)) for row in rows[:limit]]
        return samples, len(rows) <= limit

    async def _density(self, kind: ListingKind, criteria: Criteria) -> float:
        """Listings of the category a square kilometre around the point; 0 where words decide, which are not counted.

        Counted in the map tile of the point over an index alone, and remembered for some minutes: it decides how much
        is read, never what is found.
        """
        if criteria.point is None or criteria.groups:
            return 0.0
        name, now = tile(criteria.point, TILE_LEVELS[-1]), monotonic()
        area = area_key(criteria.category or EVERYTHING, name)
        known = self._densities.get(f"{kind}:{area}")
        if known is not None and now - known[0] < _KEPT_SECONDS:
            return known[1]
        collection = self._mongo.collection(COLLECTIONS[kind])
        number = await collection.count_documents({"areas": area}, limit=_MOST_COUNTED, hint="area_score")
        if len(self._densities) >= _MOST_KEPT:
            self._densities.clear()
        density = number / tile_km2(name)
        self._densities[f"{kind}:{area}"] = (now, density)
        return density


async def _outwards(
    collection: Collection,
    criteria: Criteria,
    limit: int,
    after: Position | None,
    until: Position | None,
    per_km2: float,
) -> Scan:
    """Nearest first, until there are enough."""
    hits: list[Hit] = []
    if until is not None:
        criteria = replace(criteria, radius_m=min(criteria.radius_m, until.value + 1))
    start = after.value if after else 0.0
    found = nearest(collection, criteria, start=start, wanted=limit + 1, shown=_HIDDEN, per_km2=per_km2)
    async with aclosing(found) as rows:
        async for row, distance in rows:
            place = Position(distance, row["_id"])
            if after is not None and place <= after:
                continue
            if until is not None and place > until:
                break
            if len(hits) == limit:
                return Scan(hits, hits[-1].position(Order.DISTANCE))
            hits.append(_hit(row, distance))
    return Scan(hits, None)


async def _sorted(
    collection: Collection, criteria: Criteria, order: Order, limit: int, after: Position | None, until: Position | None
) -> Scan:
    """Best rated or cheapest first, over the tiles that cover the disc, or over all words without a point."""
    hits: list[Hit] = []
    place, examined = after, 0
    while examined < _MAX_EXAMINED_PER_HIT * limit:
        query, sort, index = sorted_query(criteria, order, place, until)
        missing = limit + 1 - len(hits)
        size = missing if criteria.point is None else max(examined, with_spare(missing))
        rows = await collection.find(query, _HIDDEN, hint=index).sort(sort).limit(size).batch_size(size).to_list()
        for row in rows:
            hit = _within(row, criteria)
            if hit is not None and len(hits) == limit:
                return Scan(hits, hits[-1].position(order))
            if hit is not None:
                hits.append(hit)
        if len(rows) < size:
            return Scan(hits, None)
        examined += size
        place = _hit(rows[-1], None).position(order)
    return Scan(hits, place)


def _within(row: Document, criteria: Criteria) -> Hit | None:
    """The hit with its distance; ``None`` for one too far away or not reached."""
    if criteria.point is None:
        return _hit(row, None)
    lng, lat = row["location"]["coordinates"]
    distance = distance_m(criteria.point, Point(lat, lng))
    is_near = distance <= criteria.radius_m and is_reached(criteria, row, distance)
    return _hit(row, distance) if is_near else None


def _place_kinds(row: Mapping[str, Any]) -> Sequence[str]:
    """Where it can be done; what older releases wrote is for visits."""
    return row.get("place_kinds") or DEFAULT_PLACE_KINDS


def _hit(row: Mapping[str, Any], distance: float | None) -> Hit:
    price, rating = row.get("unit_price"), row["rating"]
    lng, lat = row["location"]["coordinates"]
    return Hit(
        id=row["_id"],
        provider_id=row["provider_id"],
        title=row["title"],
        trading_name=row["trading_name"],
        category=row["category"],
        categories=row["categories"],
        price=row["price"],
        price_type=row["price_type"],
        unit_amount=price["amount"] if price else None,
        currency=price["currency"] if price else None,
        duration_minutes=row["duration_minutes"],
        image=row["image"],
        auto_accept=row["auto_accept"],
        is_verified=row["is_verified"],
        rating_count=rating["count"],
        rating_total=rating["total"],
        mean=row["mean"],
        score=row["score"],
        reach_m=row["reach_m"],
        visit_m=row.get("visit_m", row["reach_m"]),
        point=Point(lat, lng),
        place_kinds=_place_kinds(row),
        distance_m=distance,
        resource_ids=row.get("resource_ids") or [row["provider_id"]],
    )
