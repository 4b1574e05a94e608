"""What a caller asks of a search, checked, and turned into criteria."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from common.application.ports.catalogue.geocoding import Located
from common.application.ports.search.listings import Criteria, Kind, WordGroup
from common.application.search.currencies import usual_currency
from common.application.search.deps import SearchDeps
from common.application.search.words import understand
from common.domain.catalogue.listings import category_tag
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
class Question:
    """A search as asked; prices in minor units of ``currency``, the window half open."""

    kind: Kind
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
    sort: Sort = Sort.RELEVANCE


@dataclass(frozen=True)
class Understood:
    """What a question was taken for: the place of its address, and criteria."""

    criteria: Criteria
    place: Located | None = None


async def criteria_of(deps: SearchDeps, question: Question, *, currency: str | None = None) -> Understood | None:
    """Check a question and understand its words, place and category, and in which currency it compares prices.

    Args:
        deps: ports.
        question: as asked.
        currency: what an earlier page compared prices in.

    Returns:
        ``None`` where nothing can be found: the text or the provider's name has no word in it.

    Raises:
        InvalidInput: fields contradict each other, or the category or the address is unknown.
        Unavailable: the address cannot be located now.
    """
    _check(question)
    tree = await deps.categories.tree()
    if question.category is not None and question.category not in tree.by_slug:
        raise InvalidInput.of("category", "There is no such category.", "unknown_category")
    place = await _place(deps, question)
    point = _point(question, place)
    groups: tuple[WordGroup, ...] = ()
    if question.text is not None:
        understood = await understand(deps.vocabulary, tree, question.text)
        if understood is None:
            return None
        groups = understood
    name = () if question.provider_name is None else stems(question.provider_name)
    if question.provider_name is not None and not name:
        return None
    groups += tuple([WordGroup((word,), 0) for word in name])
    leaves: tuple[str, ...] = ()
    if question.category is not None and groups:
        if question.kind is Kind.SERVICES:
            leaves = tuple(tree.leaves(question.category))
        else:
            groups += (WordGroup((category_tag(question.category),), _COMMON),)
    criteria = Criteria(
        groups=groups,
        category=question.category,
        leaves=leaves,
        point=point,
        radius_m=(question.radius_km or DEFAULT_RADIUS_KM) * 1000,
        min_rating=question.min_rating,
        currency=currency or await _currency(deps, question, point),
        min_price=question.min_price,
        max_price=question.max_price,
        provider_name=name,
        doubt_m=place.uncertainty_m if place else 0,
    )
    return Understood(criteria, place)


#: A category holds more listings than nearly any word, so it never bounds the search where there are words.
_COMMON = 1_000_000_000


def _check(question: Question) -> None:
    has_point = question.lat is not None and question.lng is not None
    if (question.lat is None) != (question.lng is None):
        field = "lng" if question.lng is None else "lat"
        raise InvalidInput.of(field, "Give both lat and lng.", "missing")
    if question.sort is Sort.DISTANCE and not has_point and not question.address:
        raise InvalidInput.of("sort", "Sorting by distance needs lat and lng, or an address.", "needs_point")
    if question.radius_km is not None and not has_point and not question.address:
        raise InvalidInput.of("radius_km", "A radius needs lat and lng, or an address.", "needs_point")
    low, high = question.min_price, question.max_price
    if low is not None and high is not None and low > high:
        raise InvalidInput.of("min_price", "min_price is above max_price.", "min_over_max")
    _check_window(question)


def _check_window(question: Question) -> None:
    start, end = question.free_from, question.free_to
    if (start is None) != (end is None):
        field = "available_to" if end is None else "available_from"
        raise InvalidInput.of(field, "Give both available_from and available_to.", "missing")
    if start is not None and end is not None:
        if end <= start:
            raise InvalidInput.of("available_from", "available_from must come before available_to.", "end_before_start")
        if end - start > MAX_WINDOW:
            raise InvalidInput.of("available_to", f"Ask for at most {duration_text(MAX_WINDOW)}.", "interval_too_long")


async def _currency(deps: SearchDeps, question: Question, point: Point | None) -> str | None:
    """Amounts are compared within one currency, and only where the question compares any."""
    if question.currency is not None:
        return question.currency
    compares = question.sort is Sort.PRICE or question.min_price is not None or question.max_price is not None
    return await usual_currency(deps, question.kind, point) if compares else None


async def _place(deps: SearchDeps, question: Question) -> Located | None:
    """The place of the address, where no point is given."""
    if not question.address or question.lat is not None:
        return None
    located = await deps.geocoder.locate(question.address)
    if located is None or not located.is_reliable:
        raise InvalidInput.of("address", "This address cannot be found.", "unknown_address")
    return located


def _point(question: Question, place: Located | None) -> Point | None:
    if question.lat is not None and question.lng is not None:
        return Point(question.lat, question.lng)
    return Point(place.lat, place.lng) if place else None
