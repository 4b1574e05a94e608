"""The searches that are measured: what people ask most, around many points of the town, and of the dense city."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from infra.bench.search.markets import METROPOLIS, TOWN

if TYPE_CHECKING:
    from infra.local.seed.cities import City

_SPREAD_KM = 3.0
_KM_PER_DEGREE = 111.32


class Shape(NamedTuple):
    """One kind of search.

    Attributes:
        name: As the tables say.
        query: Everything but the point.
        needs_providers: Whether it reads providers' calendars, which only the town's have here.
    """

    name: str
    query: str
    needs_providers: bool = False


def _tomorrow() -> str:
    day = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    first, last = (instant.strftime("%Y-%m-%dT%H:%M:%SZ") for instant in (day, day + timedelta(days=1)))
    return f"available_from={first}&available_to={last}"


#: Names of the same search with facets and without.
WITH_FACETS, WITHOUT_FACETS = "everything near, with facets", "everything near, without facets"
_LEAN = "radius_km=25&limit=20&facets=false"
_NARROW = f"category=house-cleaning&min_rating=4&{_LEAN}"
SHAPES = (
    Shape("nearest, category, rating", f"{_NARROW}&sort=distance"),
    Shape("best rated, category, rating", f"{_NARROW}&sort=rating"),
    Shape("cheapest, category, rating", f"{_NARROW}&sort=price"),
    Shape("most relevant, category, rating", f"{_NARROW}&sort=relevance"),
    Shape("most relevant, words", f"q=friendly%20cleaner&{_LEAN}"),
    Shape("a word mistyped, one of descriptions", f"q=plumer%20insured&{_LEAN}"),
    Shape(WITH_FACETS, "radius_km=25&limit=20"),
    Shape(WITHOUT_FACETS, _LEAN),
    Shape("soonest slot, category", f"category=cleaning&{_LEAN}&sort=soonest", needs_providers=True),
    Shape("free tomorrow, category", f"category=cleaning&{_LEAN}&{_tomorrow()}", needs_providers=True),
)
#: The shape whose figures the targets are about.
MAIN = SHAPES[0]


def around(city: City, number: int) -> list[str]:
    """Query strings of points in a city, the same ones each time."""
    random = Random(7)  # noqa: S311 - made-up points need no secrecy
    points = []
    for _ in range(number):
        lat = city.lat + random.gauss(0, _SPREAD_KM) / _KM_PER_DEGREE
        lng = city.lng + random.gauss(0, _SPREAD_KM) / (_KM_PER_DEGREE * math.cos(math.radians(lat)))
        points.append(f"lat={lat:.5f}&lng={lng:.5f}")
    return points


PLACES = {"town": TOWN, "dense city": METROPOLIS}
