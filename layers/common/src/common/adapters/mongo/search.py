"""Listings in index order. Every query names the index it is made for, and reads nothing outside of it.

- nearest first: ``near``, ring by ring outwards. A ring asks only for providers that reach its inner edge, and the
  filters behind the index's location need no document.
- best rated or cheapest first: ``area_score`` and ``area_price``, merged over the map tiles that cover the disc; exact
  distances are then checked on what comes.
- words without a point: ``token_score``.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

from common.adapters.mongo.database import Collection, Document, Mongo
from common.application.ports.search import Criteria, Hit, Kind, Order, Position, Sample, Walk
from common.domain.catalogue import EVERYTHING, EVERYWHERE, area_key, category_tag
from common.domain.geo import Point, covering_tiles, distance_m
from common.domain.price_keys import price_span

_COLLECTIONS = {Kind.SERVICES: "service_listings", Kind.PROVIDERS: "provider_listings"}
#: Outer edges of the rings in metres; each is a few times the one before, so that few providers that do not reach the
#: point are read, and few rings are needed where listings are sparse. Without words and category listings are dense.
_RING_EDGES = (2_000.0, 8_000.0, 40_000.0, 100_000.0)
_DENSE_RING_EDGES = (500.0, 1_500.0, 5_000.0, 15_000.0, 40_000.0, 100_000.0)
#: Walks over tiles look at this many documents for each one wanted at most, then give a shorter stretch.
_MAX_EXAMINED_PER_HIT = 50
_BATCH = 50
_HIDDEN: Final = {"areas": 0, "tokens": 0, "name_stems": 0, "updated_at": 0}
_COUNTED: Final = {"category": 1, "price": 1, "mean": 1}
#: Values are compared with some slack, since the server's distances and a cursor's are rounded differently.
_SLACK_M = 0.01


class MongoListingIndex:
    """Implements ``ListingIndex``.

    Args:
        mongo: the connection.
    """

    def __init__(self, mongo: Mongo) -> None:
        self._mongo = mongo

    async def walk(
        self,
        kind: Kind,
        criteria: Criteria,
        order: Order,
        *,
        limit: int,
        after: Position | None = None,
        until: Position | None = None,
    ) -> Walk:
        """Listings in an order (see the port)."""
        collection = self._mongo.collection(_COLLECTIONS[kind])
        if order is Order.DISTANCE:
            return await _outwards(collection, criteria, limit, after, until)
        return await _sorted(collection, criteria, order, limit, after, until)

    async def sample(self, kind: Kind, criteria: Criteria, *, limit: int) -> tuple[Sequence[Sample], bool]:
        """What facets count of the first listings, and whether those are all."""
        collection = self._mongo.collection(_COLLECTIONS[kind])
        rows: list[Document] = []
        if criteria.point is None:
            query, sort, index = sorted_query(criteria, Order.RATING, None, None)
            found = collection.find(query, _COUNTED, hint=index).sort(sort).limit(limit + 1).batch_size(limit + 1)
            rows = [row async for row in found]
        else:
            for inner, outer in _rings(criteria, 0.0, criteria.radius_m):
                stages = ring_pipeline(criteria, inner, outer, limit + 1 - len(rows), _COUNTED)
                rows += [row async for row in await collection.aggregate(stages, hint="near", batchSize=limit + 1)]
                if len(rows) > limit:
                    break
        samples = [Sample(row["category"], row["price"], row["mean"]) for row in rows[:limit]]
        return samples, len(rows) <= limit


async def _outwards(
    collection: Collection, criteria: Criteria, limit: int, after: Position | None, until: Position | None
) -> Walk:
    """Nearest first, ring by ring, until there are enough."""
    hits: list[Hit] = []
    radius = min(criteria.radius_m, until.value + 1) if until else criteria.radius_m
    for inner, outer in _rings(criteria, after.value if after else 0.0, radius):
        wanted = limit - len(hits)
        found = await _ring(
            collection, criteria, inner, outer, wanted, hits[-1].position(Order.DISTANCE) if hits else after
        )
        hits += [hit for hit in found if until is None or hit.position(Order.DISTANCE) <= until]
        if len(hits) >= limit:
            return Walk(hits[:limit], is_done=False)
    return Walk(hits, is_done=True)


async def _ring(
    collection: Collection, criteria: Criteria, inner: float, outer: float, wanted: int, after: Position | None
) -> list[Hit]:
    """All or the ``wanted`` nearest hits between two radii and behind a place, by distance and id.

    The server breaks ties (services of one address) arbitrarily, so a last group that may be cut is read whole.
    """
    size = wanted + _BATCH // 2
    while True:
        stages = ring_pipeline(criteria, inner, outer, size)
        rows = [row async for row in await collection.aggregate(stages, hint="near")]
        hits = sorted((_hit(row, row["distance_m"]) for row in rows), key=_by_distance)
        if len(rows) == size:
            last = hits[-1].distance_m
            hits = [hit for hit in hits if hit.distance_m != last]
        hits = [hit for hit in hits if after is None or hit.position(Order.DISTANCE) > after]
        if len(rows) < size or len(hits) >= wanted:
            return hits[:wanted]
        size *= 2


def ring_pipeline(
    criteria: Criteria, inner: float, outer: float, size: int, shown: Document = _HIDDEN
) -> list[Document]:
    """The pipeline of one ring; ``explain`` of it is asserted in the tests."""
    if criteria.point is None:
        raise ValueError("the order by distance needs a point")
    near = {"type": "Point", "coordinates": [criteria.point.lng, criteria.point.lat]}
    query = {**_words(criteria), **_ranges(criteria), "reach_m": {"$gte": int(inner)}}
    return [
        {
            "$geoNear": {
                "near": near,
                "key": "location",
                "distanceField": "distance_m",
                "minDistance": max(0.0, inner - _SLACK_M),
                "maxDistance": outer,
                "query": query,
            }
        },
        {"$match": {"$expr": {"$lte": ["$distance_m", "$reach_m"]}}},
        {"$limit": size},
        {"$project": shown},
    ]


async def _sorted(
    collection: Collection, criteria: Criteria, order: Order, limit: int, after: Position | None, until: Position | None
) -> Walk:
    """Best rated or cheapest first, over the tiles that cover the disc, or over all words without a point."""
    query, sort, index = sorted_query(criteria, order, after, until)
    hits: list[Hit] = []
    examined = 0
    cursor = collection.find(query, _HIDDEN, hint=index).sort(sort).batch_size(max(limit + 1, _BATCH))
    try:
        async for hit in _within(cursor, criteria):
            examined += 1
            if hit is not None:
                if len(hits) == limit:
                    return Walk(hits, is_done=False)
                hits.append(hit)
            if examined >= _MAX_EXAMINED_PER_HIT * max(limit, _BATCH):
                return Walk(hits, is_done=not hits)
    finally:
        await cursor.close()
    return Walk(hits, is_done=True)


def sorted_query(
    criteria: Criteria, order: Order, after: Position | None, until: Position | None
) -> tuple[Document, list[tuple[str, int]], str]:
    """Filter, sort and index of a walk by rating or price; ``explain`` of it is asserted in the tests."""
    field, direction = ("price", 1) if order is Order.PRICE else ("score", -1)
    by_words = bool(criteria.groups) and criteria.point is None and order is Order.RATING
    query: Document = _words(criteria) if by_words else {**_areas(criteria), **_filtered_words(criteria)}
    ranges = _ranges(criteria)
    bounds = dict(ranges.pop(field, {}))
    alternatives = []
    if after is not None:
        bounds["$gte" if direction > 0 else "$lte"] = after.value
        alternatives.append(_beyond(field, direction, after, inclusive=False))
    if until is not None:
        bounds["$lte" if direction > 0 else "$gte"] = until.value
        alternatives.append(_beyond(field, -direction, until, inclusive=True))
    query |= ranges
    if bounds:
        query[field] = bounds
    if alternatives:
        query["$and"] = [*query.get("$and", []), *alternatives]
    index = "token_score" if by_words else f"area_{field}"
    return query, [(field, direction), ("_id", 1)], index


def _beyond(field: str, direction: int, place: Position, *, inclusive: bool) -> Document:
    """Behind a place, ids rising whatever the direction of the field; before it for the inclusive end."""
    further = "$gt" if direction > 0 else "$lt"
    ids = "$lte" if inclusive else "$gt"
    return {"$or": [{field: {further: place.value}}, {field: place.value, "_id": {ids: place.id}}]}


async def _within(rows: Any, criteria: Criteria) -> AsyncIterator[Hit | None]:
    """Hits with their distance; ``None`` for those too far away or not reached."""
    async for row in rows:
        if criteria.point is None:
            yield _hit(row, None)
            continue
        lng, lat = row["location"]["coordinates"]
        distance = distance_m(criteria.point, Point(lat, lng))
        yield _hit(row, distance) if distance <= min(criteria.radius_m, row["reach_m"]) else None


def _words(criteria: Criteria) -> Document:
    """The token filter: the rarest group bounds the index, the others and the category are checked on what it finds."""
    if not criteria.groups:
        return {"tokens": category_tag(criteria.category or EVERYTHING)}
    rarest, *others = sorted(criteria.groups, key=lambda group: group.used)
    query: Document = {"tokens": _any_of(rarest.tokens)}
    if criteria.leaves:
        query["category"] = {"$in": list(criteria.leaves)}
    if checks := [_has_any(group.tokens) for group in others] + _name_checks(criteria):
        query["$expr"] = {"$and": checks}
    return query


def _filtered_words(criteria: Criteria) -> Document:
    """The token filter where another index gives the order."""
    checks = [_has_any(group.tokens) for group in criteria.groups] + _name_checks(criteria)
    return {"$expr": {"$and": checks}} if checks else {}


def _areas(criteria: Criteria) -> Document:
    slug = criteria.category or EVERYTHING
    tiles = covering_tiles(criteria.point, criteria.radius_m) if criteria.point else [EVERYWHERE]
    return {"areas": {"$in": [area_key(slug, name) for name in tiles]}}


def _ranges(criteria: Criteria) -> dict[str, Any]:
    ranges: dict[str, Any] = {}
    if criteria.min_rating is not None:
        ranges["mean"] = {"$gte": criteria.min_rating}
    if criteria.currency is not None:
        lowest, highest = price_span(criteria.currency, criteria.min_price, criteria.max_price)
        ranges["price"] = {"$gte": lowest, "$lte": highest}
    return ranges


def _name_checks(criteria: Criteria) -> list[Document]:
    return [{"$in": [word, "$name_stems"]} for word in criteria.provider_name]


def _has_any(tokens: tuple[str, ...]) -> Document:
    """An expression that no index is chosen for (a plain ``$in`` might bound the index by the wrong group)."""
    return {"$gt": [{"$size": {"$setIntersection": ["$tokens", list(tokens)]}}, 0]}


def _any_of(tokens: tuple[str, ...]) -> Any:
    return tokens[0] if len(tokens) == 1 else {"$in": list(tokens)}


def _rings(criteria: Criteria, start: float, radius: float) -> list[tuple[float, float]]:
    is_narrow = bool(criteria.groups) or criteria.category is not None
    outer = _RING_EDGES if is_narrow else _DENSE_RING_EDGES
    edges = [start, *(edge for edge in outer if start < edge < radius), radius]
    return [(inner, outer) for inner, outer in pairwise(edges) if inner <= outer]


def _by_distance(hit: Hit) -> Position:
    return hit.position(Order.DISTANCE)


def _hit(row: Mapping[str, Any], distance: float | None) -> Hit:
    price, rating = row.get("unit_price"), row["rating"]
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
        mean=row["mean"],
        score=row["score"],
        reach_m=row["reach_m"],
        distance_m=distance,
    )
