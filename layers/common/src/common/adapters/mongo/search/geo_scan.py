"""Listings around a point, nearest first, read in stretches no longer than what is wanted of them.

``find`` with ``$nearSphere`` and a limit stops where it has enough; an aggregation's ``$geoNear`` reads on until four
megabytes are full. Whether a provider reaches the point is told by what is read, and beyond each ring's inner edge by
the index alone.
"""

from collections.abc import AsyncGenerator, Mapping
from itertools import pairwise
from math import hypot, inf, pi, sqrt
from typing import Any

from common.adapters.mongo.search.filters import near_query
from common.adapters.mongo.shared.database import Collection, Document
from common.application.ports.search.listings import Criteria
from common.domain.catalogue.place_kinds import PlaceKind
from common.domain.shared.geo import Point, distance_m

#: Outer edges of the rings in metres. Beyond each, only providers that come so far are read; fewer rings mean fewer
#: commands. Without words and category listings are dense, and a narrow first ring keeps the server from reading wide.
_RING_EDGES = (12_000.0, 40_000.0, 100_000.0)
_DENSE_RING_EDGES = (3_000.0, *_RING_EDGES)
#: A ring that is chosen by density holds so many times what is wanted, so that it is filled though they lie unevenly.
_EXPECTED = 1.5
#: Services of one address lie in one point, and are read together.
_LEAST_RING_M = 150.0
#: The server rounds distances differently.
_SLACK_M = 0.01
#: Read besides a third more than what is wanted: some providers do not come as far as they live away.
_SPARE = 10


async def nearest(
    collection: Collection,
    criteria: Criteria,
    *,
    start: float,
    wanted: int,
    shown: Document,
    per_km2: float = 0.0,
) -> AsyncGenerator[tuple[Mapping[str, Any], float], None]:
    """Rows of providers that reach the point, and their distances in metres, by distance and id.

    Args:
        collection: of listings.
        criteria: with a point and a radius.
        start: metres, where to begin.
        wanted: how many rows the caller will probably take.
        shown: the projection; it has ``location``, ``reach_m`` and ``visit_m``.
        per_km2: how dense listings are around the point, as far as known; it only tells how wide to read.
    """
    point, seen, found = criteria.point, set[str](), 0
    for inner, outer in _rings(criteria, start, first_ring(with_spare(wanted), per_km2)):
        begin, size = inner, 0
        while True:
            size = max(size, with_spare(wanted - found))
            query = near_query(criteria, max(0.0, inner - criteria.doubt_m), max(0.0, begin - _SLACK_M), outer)
            rows = await collection.find(query, shown, hint="near").limit(size).batch_size(size).to_list()
            placed = sorted(((_distance(point, row), row["_id"], row) for row in rows), key=_place)
            is_whole = len(rows) < size
            # Ties (services of one address) come in any order, so a last group that may be cut is read again.
            end = outer + 1 if is_whole else placed[-1][0] - _SLACK_M
            ready = [place for place in placed if place[0] < end and place[1] not in seen]
            for distance, id_, row in ready:
                seen.add(id_)
                if is_reached(criteria, row, distance):
                    found += 1
                    yield row, distance
            if is_whole:
                break
            begin, size = (end, 0) if ready else (begin, 2 * size)


def is_reached(criteria: Criteria, row: Mapping[str, Any], distance: float) -> bool:
    """Whether it can be had at the point in person, as it is asked for.

    Args:
        criteria: with a point.
        row: a listing; what older releases wrote is for visits.
        distance: metres from the point.
    """
    is_visit = criteria.place_kind is PlaceKind.CUSTOMER
    reach = row.get("visit_m", row["reach_m"]) if is_visit else row["reach_m"]
    return bool(reach >= 0 and distance <= reach + criteria.doubt_m)


def with_spare(missing: int) -> int:
    """How many rows to read for so many that reach the point."""
    return max(0, missing) * 4 // 3 + _SPARE


def first_ring(size: int, per_km2: float) -> float:
    """The radius of a disc in which so many listings are expected with some to spare; infinite where nothing is known.

    Args:
        size: how many rows are to be read.
        per_km2: how dense they are.
    """
    return max(_LEAST_RING_M, sqrt(_EXPECTED * size / (pi * per_km2)) * 1_000) if per_km2 else inf


def _rings(criteria: Criteria, start: float, first: float) -> list[tuple[float, float]]:
    """Inner and outer edges; further out a ring as wide as the first holds as many in a narrower band."""
    is_narrow = bool(criteria.groups) or criteria.category is not None
    usual = _RING_EDGES if is_narrow else _DENSE_RING_EDGES
    dense = [edge for edge in (hypot(start, first), hypot(start, 2 * first)) if edge < usual[-1]]
    outer = [*dense, *(edge for edge in usual if not dense or edge > dense[-1])]
    edges = [start, *(edge for edge in outer if start < edge < criteria.radius_m), criteria.radius_m]
    return [(inner, outer) for inner, outer in pairwise(edges) if inner <= outer]


def _distance(point: Point | None, row: Mapping[str, Any]) -> float:
    lng, lat = row["location"]["coordinates"]
    return distance_m(point or Point(lat, lng), Point(lat, lng))


def _place(placed: tuple[float, str, Any]) -> tuple[float, str]:
    return placed[0], placed[1]
