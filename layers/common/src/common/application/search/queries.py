"""What a caller asks of a search, checked, and turned into criteria."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from common.application.identity.onboarding.addresses import find_place
from common.application.ports.catalogue.geocoding import Located
from common.application.ports.search.listings import Criteria, ListingKind, WordGroup
from common.application.search.currencies import usual_currency
from common.application.search.deps import SearchDeps
from common.application.search.words import understand
from common.domain.catalogue.categories import category_tag
from common.domain.catalogue.place_kinds import PlaceKind
from common.domain.search.text import stems
from common.domain.shared.display import duration_text
from common.domain.shared.errors import InvalidInput
from common.domain.shared.geo import Point

DEFAULT_RADIUS_KM = 25.0
MAX_RADIUS_KM = 200.0
MAX_WINDOW = timedelta(days=31)


class Sort(StrEnum):
    """Orders that a caller may ask for."""

    RELEVANCE = "relevance"
    DISTANCE = "distance"
    RATING = "rating"
    PRICE = "price"
    SOONEST = "soonest"


@dataclass(frozen=True)
class SearchQuery:
    """A search as asked; prices in minor units of ``currency``, the window half open."""

    kind: ListingKind
    text: str | None = None
    category: str | None = None
    lat: float | None = None
    lng: float | None = None
    address: str | None = None
    radius_km: float | None = None
    min_rating: float | None = None
    currency: str | None = None
    min_price: int | None = None
    max_price: int | None = None
    free_from: datetime | None = None
    free_to: datetime | None = None
    provider_name: str | None = None
    place_kind: PlaceKind | None = None
    sort: Sort = Sort.RELEVANCE


@dataclass(frozen=True)
class Understood:
    """What a query was taken for: the place of its address, and criteria."""

    criteria: Criteria
    place: Located | None = None


async def criteria_of(deps: SearchDeps, query: SearchQuery, *, currency: str | None = None) -> Understood | None:
    """Check a query and understand its words, place and category, and in which currency it compares prices.

    Args:
        deps: ports.
        query: as asked.
        currency: what an earlier page compared prices in.

    Returns:
        ``None`` where nothing can be found: the text or the provider's name has no word in it.

    Raises:
        InvalidInput: fields contradict each other, or the category or the address is unknown.
        Unavailable: the address cannot be located now.
    """
    _check(query)
    tree = await deps.categories.tree()
    if query.category is not None and query.category not in tree.by_slug:
        raise InvalidInput.of("category", "There is no such category.", "unknown_category")
    place = await _place(deps, query)
    point = _point(query, place)
    groups: tuple[WordGroup, ...] = ()
    if query.text is not None:
        understood = await understand(deps.vocabulary, tree, query.text)
        if understood is None:
            return None
        groups = understood
    name = () if query.provider_name is None else stems(query.provider_name)
    if query.provider_name is not None and not name:
        return None
    groups += tuple([WordGroup((word,), 0) for word in name])
    leaves: tuple[str, ...] = ()
    if query.category is not None and groups:
        if query.kind is ListingKind.SERVICES:
            leaves = tuple(tree.leaves(query.category))
        else:
            groups += (WordGroup((category_tag(query.category),), _COMMON),)
    criteria = Criteria(
        groups=groups,
        category=query.category,
        leaves=leaves,
        point=point,
        radius_m=(query.radius_km or DEFAULT_RADIUS_KM) * 1000,
        min_rating=query.min_rating,
        currency=currency or await _currency(deps, query, point),
        min_price=query.min_price,
        max_price=query.max_price,
        provider_name=name,
        doubt_m=place.uncertainty_m if place else 0,
        place_kind=query.place_kind,
    )
    return Understood(criteria, place)


#: A category holds more listings than nearly any word, so it never bounds the search where there are words.
_COMMON = 1_000_000_000


def _check(query: SearchQuery) -> None:
    has_point = query.lat is not None and query.lng is not None
    if (query.lat is None) != (query.lng is None):
        field = "lng" if query.lng is None else "lat"
        raise InvalidInput.of(field, "Give both lat and lng.", "missing")
    if query.sort is Sort.DISTANCE and not has_point and not query.address:
        raise InvalidInput.of("sort", "Sorting by distance needs lat and lng, or an address.", "needs_point")
    if query.sort is Sort.DISTANCE and query.place_kind is PlaceKind.ONLINE:
        raise InvalidInput.of("sort", "Nothing is nearer than anything else online.", "not_allowed")
    if query.radius_km is not None and not has_point and not query.address:
        raise InvalidInput.of("radius_km", "A radius needs lat and lng, or an address.", "needs_point")
    low, high = query.min_price, query.max_price
    if low is not None and high is not None and low > high:
        raise InvalidInput.of("min_price", "min_price is above max_price.", "min_over_max")
    _check_window(query)


def _check_window(query: SearchQuery) -> None:
    start, end = query.free_from, query.free_to
    if (start is None) != (end is None):
        field = "available_to" if end is None else "available_from"
        raise InvalidInput.of(field, "Give both available_from and available_to.", "missing")
    if start is not None and end is not None:
        if end <= start:
            raise InvalidInput.of("available_from", "available_from must come before available_to.", "end_before_start")
        if end - start > MAX_WINDOW:
            raise InvalidInput.of("available_to", f"Ask for at most {duration_text(MAX_WINDOW)}.", "interval_too_long")


async def _currency(deps: SearchDeps, query: SearchQuery, point: Point | None) -> str | None:
    """Amounts are compared within one currency, and only where the query compares any."""
    if query.currency is not None:
        return query.currency
    compares = query.sort is Sort.PRICE or query.min_price is not None or query.max_price is not None
    return await usual_currency(deps, query.kind, point) if compares else None


async def _place(deps: SearchDeps, query: SearchQuery) -> Located | None:
    """The place of the address, where no point is given and one counts."""
    if not query.address or query.lat is not None or query.place_kind is PlaceKind.ONLINE:
        return None
    return await find_place(deps.geocoder, query.address)


def _point(query: SearchQuery, place: Located | None) -> Point | None:
    if query.place_kind is PlaceKind.ONLINE:
        return None
    if query.lat is not None and query.lng is not None:
        return Point(query.lat, query.lng)
    return Point(place.lat, place.lng) if place else None
