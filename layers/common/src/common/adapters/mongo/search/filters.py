"""Filters and orders of searches, each with the index it is made for; ``explain`` of them is asserted in the tests."""

from typing import Any

from common.adapters.mongo.shared.database import Document
from common.application.ports.search.listings import Criteria, Order, Position
from common.domain.catalogue.categories import EVERYTHING, category_tag, place_tag
from common.domain.catalogue.listings import EVERYWHERE, area_key
from common.domain.catalogue.price_keys import price_span
from common.domain.shared.geo import covering_tiles


def near_query(criteria: Criteria, inner: float, begin: float, outer: float) -> Document:
    """The filter of listings between two distances, nearest first, on the index ``near``.

    Args:
        criteria: with a point.
        inner: metres; only providers that come so far are read, which the index alone tells.
        begin: metres, where to begin.
        outer: metres, where to end.
    """
    if criteria.point is None:
        raise ValueError("the order by distance needs a point")
    centre = {"type": "Point", "coordinates": [criteria.point.lng, criteria.point.lat]}
    near = {"$geometry": centre, "$minDistance": begin, "$maxDistance": outer}
    return {
        **_words(criteria),
        **_ranges(criteria),
        "reach_m": {"$gte": int(inner)},
        "location": {"$nearSphere": near},
    }


def sorted_query(
    criteria: Criteria, order: Order, after: Position | None, until: Position | None
) -> tuple[Document, list[tuple[str, int]], str]:
    """Filter, sort and index of a scan by rating or price."""
    field, direction = ("price", 1) if order is Order.PRICE else ("score", -1)
    by_words = criteria.is_by_tokens and criteria.point is None and order is Order.RATING
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


def _words(criteria: Criteria) -> Document:
    """The token filter: the rarest group bounds the index, the others and the category are checked on what it finds."""
    if not criteria.groups:
        slug = criteria.category or EVERYTHING
        return {"tokens": place_tag(slug, criteria.place_kind) if criteria.place_kind else category_tag(slug)}
    rarest, *others = sorted(criteria.groups, key=lambda group: group.used)
    query: Document = {"tokens": _any_of(rarest.tokens)}
    if criteria.leaves:
        query["category"] = {"$in": list(criteria.leaves)}
    if checks := [_has_any(group.tokens) for group in others] + _other_checks(criteria):
        query["$expr"] = {"$and": checks}
    return query


def _filtered_words(criteria: Criteria) -> Document:
    """The token filter where another index gives the order."""
    checks = [_has_any(group.tokens) for group in criteria.groups] + _other_checks(criteria)
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


def _other_checks(criteria: Criteria) -> list[Document]:
    """The name and the kind of place, on what the words have found."""
    names: list[Document] = [{"$in": [word, "$name_stems"]} for word in criteria.provider_name]
    slug = EVERYTHING if criteria.leaves else criteria.category or EVERYTHING
    return [*names, _has_any((place_tag(slug, criteria.place_kind),))] if criteria.place_kind else names


def _has_any(tokens: tuple[str, ...]) -> Document:
    """An expression that no index is chosen for (a plain ``$in`` might bound the index by the wrong group)."""
    return {"$gt": [{"$size": {"$setIntersection": ["$tokens", list(tokens)]}}, 0]}


def _any_of(tokens: tuple[str, ...]) -> Any:
    return tokens[0] if len(tokens) == 1 else {"$in": list(tokens)}
