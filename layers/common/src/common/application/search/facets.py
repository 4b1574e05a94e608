"""Facets: how what was found is spread over categories, prices and ratings."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from common.application.ports.search.listings import Criteria, Hit, ListingKind, Sample
from common.application.search.deps import SearchDeps
from common.domain.catalogue.place_kinds import PlaceKind
from common.domain.catalogue.price_keys import price_of, price_span

#: Facets count at most this many listings: the nearest, or the best rated without a point.
SAMPLE = 500
#: Lower edges of the price bands in minor units; each ends where the next begins.
PRICE_EDGES = (0, 5_000, 10_000, 20_000, 50_000)
RATING_EDGES = (4.5, 4.0, 3.0)
_MAX_CATEGORIES = 30


@dataclass(frozen=True)
class Facets:
    """Counts by leaf category, by price band (lower edge), by least mean rating, and by where it can be done.

    Prices are counted in one currency only: the one that is asked for, or that of the first listing that has a price.
    ``is_complete`` is false where only the first ``SAMPLE`` listings were counted.
    """

    categories: Sequence[tuple[str, int]]
    prices: Sequence[tuple[int, int]]
    ratings: Sequence[tuple[float, int]]
    place_kinds: Sequence[tuple[PlaceKind, int]]
    currency: str | None
    counted: int
    is_complete: bool


async def count_facets(
    deps: SearchDeps, kind: ListingKind, criteria: Criteria, everything: Sequence[Hit] | None = None
) -> Facets:
    """Facets of what meets the criteria.

    Args:
        deps: ports.
        kind: services or providers.
        criteria: as understood.
        everything: all that meets them, where it has been read already.
    """
    if everything is not None and len(everything) <= SAMPLE:
        return summarise(everything, criteria.currency, is_complete=True)
    samples, is_complete = await deps.listings.sample(kind, criteria, limit=SAMPLE)
    return summarise(samples, criteria.currency, is_complete=is_complete)


def summarise(hits: Sequence[Hit | Sample], currency: str | None, *, is_complete: bool) -> Facets:
    """Facets of some listings, their prices in a currency or in that of the first that has one."""
    categories = Counter(hit.category for hit in hits)
    if currency is None:
        currency = next((price.currency for hit in hits if (price := price_of(hit.price))), None)
    lowest, highest = price_span(currency, None, None) if currency else (1, 0)
    priced = [hit.price - lowest for hit in hits if lowest <= hit.price <= highest]
    bands = Counter(PRICE_EDGES[bisect_right(PRICE_EDGES, price) - 1] for price in priced)
    return Facets(
        categories=sorted(categories.items(), key=lambda pair: (-pair[1], pair[0]))[:_MAX_CATEGORIES],
        prices=[(edge, bands[edge]) for edge in PRICE_EDGES],
        ratings=[(edge, sum(hit.mean >= edge for hit in hits)) for edge in RATING_EDGES],
        place_kinds=[(kind, sum(kind in hit.place_kinds for hit in hits)) for kind in PlaceKind],
        currency=currency,
        counted=len(hits),
        is_complete=is_complete,
    )
