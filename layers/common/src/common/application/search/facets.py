"""Facets: how what was found is spread over categories, prices and ratings."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from common.application.ports.search import Criteria, Hit, Kind, Sample
from common.application.search.deps import SearchDeps
from common.domain.catalogue import NO_PRICE

#: Facets count at most this many listings: the nearest, or the best rated without a point.
SAMPLE = 500
#: Lower edges of the price bands in minor units; each ends where the next begins.
PRICE_EDGES = (0, 5_000, 10_000, 20_000, 50_000)
RATING_EDGES = (4.5, 4.0, 3.0)
_MAX_CATEGORIES = 30


@dataclass(frozen=True)
class Facets:
    """Counts by leaf category, by price band (lower edge) and by least mean rating.

    ``is_complete`` is false where only the first ``SAMPLE`` listings were counted.
    """

    categories: Sequence[tuple[str, int]]
    prices: Sequence[tuple[int, int]]
    ratings: Sequence[tuple[float, int]]
    counted: int
    is_complete: bool


async def count_facets(
    deps: SearchDeps, kind: Kind, criteria: Criteria, everything: Sequence[Hit] | None = None
) -> Facets:
    """Facets of what meets the criteria.

    Args:
        deps: ports.
        kind: services or providers.
        criteria: as understood.
        everything: all that meets them, where it has been read already.
    """
    if everything is not None and len(everything) <= SAMPLE:
        return summarise(everything, is_complete=True)
    samples, is_complete = await deps.listings.sample(kind, criteria, limit=SAMPLE)
    return summarise(samples, is_complete=is_complete)


def summarise(hits: Sequence[Hit | Sample], *, is_complete: bool) -> Facets:
    """Facets of some listings."""
    categories = Counter(hit.category for hit in hits)
    priced = [hit.price for hit in hits if hit.price < NO_PRICE]
    bands = Counter(max(edge for edge in PRICE_EDGES if edge <= price) for price in priced)
    return Facets(
        categories=sorted(categories.items(), key=lambda pair: (-pair[1], pair[0]))[:_MAX_CATEGORIES],
        prices=[(edge, bands[edge]) for edge in PRICE_EDGES],
        ratings=[(edge, sum(hit.mean >= edge for hit in hits)) for edge in RATING_EDGES],
        counted=len(hits),
        is_complete=is_complete,
    )
