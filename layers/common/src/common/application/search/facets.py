"""Facets: how what was found is spread over categories, prices and ratings."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from common.application.ports.search.listings import Criteria, Hit, ListingKind, Sample
from common.application.search.deps import SearchDeps
from common.domain.catalogue.facet_counts import PRICE_EDGES, RATING_EDGES
from common.domain.catalogue.facet_estimates import sum_all, sum_near, whole_numbers
from common.domain.catalogue.listings import EVERYWHERE
from common.domain.catalogue.place_kinds import PlaceKind
from common.domain.catalogue.price_keys import price_of, price_span
from common.domain.shared.patches import patches_of

#: Where no counters serve, facets count at most this many listings: the nearest, or the best rated without a point.
SAMPLE = 500
#: Where counters tell of no more than this, listings are counted one by one.
_FEW = 200
_MAX_CATEGORIES = 30


@dataclass(frozen=True)
class Facets:
    """Counts by leaf category, by price band (lower edge), by least mean rating, and by where it can be done.

    Prices are counted in one currency only: the one that is asked for, or else that of the first listing that has a
    price; of an estimate, the one that most are priced in. ``is_complete`` is false where not each listing was counted
    by itself: where only the first ``SAMPLE`` were, or where figures are an estimate from counters.
    """

    categories: Sequence[tuple[str, int]]
    prices: Sequence[tuple[int, int]]
    ratings: Sequence[tuple[float, int]]
    place_kinds: Sequence[tuple[PlaceKind, int]]
    currency: str | None
    counted: int
    is_complete: bool
    is_estimate: bool = False


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
    if not _is_filtered(criteria) and (estimate := await _estimated(deps, kind, criteria)) is not None:
        return estimate
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
        categories=_most(categories),
        prices=[(edge, bands[edge]) for edge in PRICE_EDGES],
        ratings=[(edge, sum(hit.mean >= edge for hit in hits)) for edge in RATING_EDGES],
        place_kinds=[(kind, sum(kind in hit.place_kinds for hit in hits)) for kind in PlaceKind],
        currency=currency,
        counted=len(hits),
        is_complete=is_complete,
    )


def _is_filtered(criteria: Criteria) -> bool:
    """Whether more is asked than a category and a place, which is all that counters know."""
    return criteria.is_by_tokens or criteria.min_rating is not None or criteria.currency is not None


async def _estimated(deps: SearchDeps, kind: ListingKind, criteria: Criteria) -> Facets | None:
    """What counters tell; ``None`` where they tell of a few, or have not been built."""
    if criteria.point is None:
        counters = await deps.counters.read(kind, criteria.category, [EVERYWHERE])
        total: Mapping[str, float] = sum_all((counters or {}).values())
    else:
        patches = patches_of(criteria.point, criteria.radius_m)
        counters = await deps.counters.read(kind, criteria.category, [patch.name for patch in patches])
        total = sum_near(criteria.point, patches, counters or {}, criteria.radius_m, criteria.doubt_m)
    found = whole_numbers(total)
    if found.number <= _FEW:
        return None
    return Facets(
        categories=_most(found.categories),
        prices=list(zip(PRICE_EDGES, found.prices, strict=True)),
        ratings=list(zip(RATING_EDGES, found.ratings, strict=True)),
        place_kinds=list(found.place_kinds.items()),
        currency=found.currency,
        counted=found.number,
        is_complete=False,
        is_estimate=True,
    )


def _most(categories: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(categories.items(), key=lambda pair: (-pair[1], pair[0]))[:_MAX_CATEGORIES]
