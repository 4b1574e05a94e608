"""The searches that are measured: what people ask most, in the town, and in the dense city."""

from __future__ import annotations

from typing import NamedTuple

from infra.bench.search.markets import METROPOLIS, TOWN


class Shape(NamedTuple):
    """One kind of search.

    Attributes:
        name: As the tables say.
        query: Everything but the point.
    """

    name: str
    query: str


_NARROW = "category=house-cleaning&min_rating=4&radius_km=25&limit=20&facets=false"
SHAPES = (
    Shape("nearest, category, rating", f"{_NARROW}&sort=distance"),
    Shape("best rated, category, rating", f"{_NARROW}&sort=rating"),
    Shape("cheapest, category, rating", f"{_NARROW}&sort=price"),
    Shape("most relevant, category, rating", f"{_NARROW}&sort=relevance"),
    Shape("most relevant, words", "q=friendly%20cleaner&radius_km=25&limit=20&facets=false"),
    Shape("everything near, with facets", "radius_km=25&limit=20"),
)
#: The shape whose figures the targets are about.
MAIN = SHAPES[0]
IN_TOWN = f"lat={TOWN.lat}&lng={TOWN.lng}"
IN_METROPOLIS = f"lat={METROPOLIS.lat}&lng={METROPOLIS.lng}"
