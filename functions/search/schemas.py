"""Responses of searches."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from common.application.ports.catalogue.geocoding import Located
from common.application.ports.media.attachments import MediaUrls
from common.application.ports.search.listings import CategoryCount, Hit
from common.application.search.facets import Facets
from common.application.search.suggest import Suggestions
from common.domain.catalogue.categories import Category, CategoryTree
from common.domain.catalogue.facet_counts import PRICE_EDGES
from common.domain.catalogue.place_kinds import PlaceKind
from common.domain.catalogue.price_keys import price_of
from common.domain.catalogue.services import PriceType
from common.domain.shared.geo import Point, blurred
from common.domain.shared.money import CurrencyCode
from common.runtime.http.schemas import Instant, MoneySchema, ResponseModel


class AreaView(ResponseModel):
    """About where it is, for a pin on a map: a point 200 m to 1.3 km from the provider's own address."""

    lat: float
    lng: float

    @classmethod
    def of(cls, point: Point) -> "AreaView":
        """The view of an address's point."""
        shown = blurred(point)
        return cls(lat=shown.lat, lng=shown.lng)


class FoundRating(ResponseModel):
    """Published ratings in short; ``score`` is the weighted one that ranks."""

    count: int
    mean: float | None
    score: float


class FoundProvider(ResponseModel):
    """The provider of a service that was found."""

    id: str
    trading_name: str
    is_verified: bool


class FoundService(ResponseModel):
    """A service that was found. ``price`` is the price as stated, ``total_price`` what one booking costs.

    ``next_slot_at`` is the soonest free start of the period that was asked for, or of the next five weeks with
    ``sort=soonest``; null without either, for then no calendar is read.
    """

    id: str
    title: str
    category: str
    price_type: PriceType
    price: MoneySchema | None
    total_price: MoneySchema | None
    duration_minutes: int
    image: str | None
    auto_accept: bool
    place_kinds: list[PlaceKind]
    provider: FoundProvider
    rating: FoundRating
    area: AreaView
    distance_m: int | None
    next_slot_at: Instant | None

    @classmethod
    def of(cls, hit: Hit, slots: Mapping[str, datetime], urls: MediaUrls) -> "FoundService":
        """The view of a hit."""
        return cls(
            id=hit.id,
            title=hit.title,
            category=hit.category,
            price_type=PriceType(hit.price_type),
            price=_money(hit.unit_amount, hit.currency),
            total_price=_total(hit),
            duration_minutes=hit.duration_minutes,
            image=urls.public_url(hit.image) if hit.image and "://" not in hit.image else hit.image,
            auto_accept=hit.auto_accept,
            place_kinds=[PlaceKind(kind) for kind in hit.place_kinds],
            provider=FoundProvider(id=hit.provider_id, trading_name=hit.trading_name, is_verified=hit.is_verified),
            rating=_rating(hit),
            area=AreaView.of(hit.point),
            distance_m=_metres(hit),
            next_slot_at=slots.get(hit.id),
        )


class ProviderFound(ResponseModel):
    """A provider that was found; ``price_from`` is its cheapest booking."""

    id: str
    trading_name: str
    is_verified: bool
    categories: list[str]
    price_from: MoneySchema | None
    place_kinds: list[PlaceKind]
    rating: FoundRating
    area: AreaView
    distance_m: int | None

    @classmethod
    def of(cls, hit: Hit, tree: CategoryTree) -> "ProviderFound":
        """The view of a hit."""
        return cls(
            id=hit.id,
            trading_name=hit.trading_name,
            is_verified=hit.is_verified,
            categories=[slug for slug in hit.categories if tree.is_leaf(slug)],
            price_from=_total(hit),
            place_kinds=[PlaceKind(kind) for kind in hit.place_kinds],
            rating=_rating(hit),
            area=AreaView.of(hit.point),
            distance_m=_metres(hit),
        )


class CategoryFacet(ResponseModel):
    """How many of what was found are in a category."""

    slug: str
    name: str
    count: int


class PriceFacet(ResponseModel):
    """How many cost at least ``min`` and less than ``max``, in minor units."""

    min: int
    max: int | None
    count: int


class RatingFacet(ResponseModel):
    """How many have a mean rating of at least ``min_rating``."""

    min_rating: float
    count: int


class PlaceKindFacet(ResponseModel):
    """How many can be done at a kind of place; what can be done at several counts for each."""

    place_kind: PlaceKind
    count: int


class FacetsView(ResponseModel):
    """How what was found is spread.

    A few hundred listings are counted one by one (``is_complete``). Of more, where nothing but a category and a place
    is asked for, all figures are an estimate (``is_estimate``) from counters that are some minutes old; near a point
    they are about right. With other filters only the first 500 listings are counted.

    ``prices`` counts what is priced in ``currency``: the search's, or else that of the first listing with a price, or,
    in an estimate, the one that most are priced in.
    """

    categories: list[CategoryFacet]
    prices: list[PriceFacet]
    ratings: list[RatingFacet]
    place_kinds: list[PlaceKindFacet]
    currency: CurrencyCode | None
    counted: int
    is_complete: bool
    is_estimate: bool

    @classmethod
    def of(cls, facets: Facets, tree: CategoryTree) -> "FacetsView":
        """The view of facets."""
        ends = [*PRICE_EDGES[1:], None]
        names = {slug: tree.by_slug[slug].name if slug in tree.by_slug else slug for slug, _ in facets.categories}
        return cls(
            categories=[CategoryFacet(slug=slug, name=names[slug], count=n) for slug, n in facets.categories],
            prices=[PriceFacet(min=low, max=end, count=n) for (low, n), end in zip(facets.prices, ends, strict=True)],
            ratings=[RatingFacet(min_rating=edge, count=n) for edge, n in facets.ratings],
            place_kinds=[PlaceKindFacet(place_kind=kind, count=n) for kind, n in facets.place_kinds],
            currency=facets.currency,
            counted=facets.counted,
            is_complete=facets.is_complete,
            is_estimate=facets.is_estimate,
        )


class FoundPlace(ResponseModel):
    """The place that an address or words of the search were taken for; it may be off by ``uncertainty_m`` metres."""

    name: str
    lat: float
    lng: float
    confidence: float
    uncertainty_m: int


class InterpretationView(ResponseModel):
    """What a search was taken for, where that is not plain from what was asked.

    ``is_loosened`` says that all words together found nothing, so that ``ignored_words`` were left out, or words of
    ``q`` were taken for ``place``.
    """

    place: FoundPlace | None
    ignored_words: list[str]
    is_loosened: bool

    @classmethod
    def of(cls, place: Located | None, ignored: Sequence[str], *, is_loosened: bool) -> "InterpretationView":
        """The view of an understanding."""
        shown = None
        if place is not None:
            shown = FoundPlace(
                name=place.label,
                lat=place.lat,
                lng=place.lng,
                confidence=place.confidence,
                uncertainty_m=place.uncertainty_m,
            )
        return cls(place=shown, ignored_words=list(ignored), is_loosened=is_loosened)


class ServicesFound(ResponseModel):
    """One page of services; ``facets`` come with the first one.

    ``currency`` is the one that prices were compared in, where the search compared any.
    """

    items: list[FoundService]
    next_cursor: str | None = None
    interpretation: InterpretationView | None = None
    currency: CurrencyCode | None = None
    facets: FacetsView | None = None


class ProvidersFound(ResponseModel):
    """One page of providers; ``facets`` come with the first one.

    ``currency`` is the one that prices were compared in, where the search compared any.
    """

    items: list[ProviderFound]
    next_cursor: str | None = None
    interpretation: InterpretationView | None = None
    currency: CurrencyCode | None = None
    facets: FacetsView | None = None


class CategoryBrief(ResponseModel):
    """A category by name."""

    slug: str
    name: str
    parent: str | None

    @classmethod
    def of(cls, category: Category) -> "CategoryBrief":
        """The view of a category."""
        return cls(slug=category.id, name=category.name, parent=category.parent)


class ProviderBrief(ResponseModel):
    """A provider by name."""

    id: str
    trading_name: str


class SuggestionsView(ResponseModel):
    """What the typed text may become: categories, titles of services, providers."""

    categories: list[CategoryBrief]
    services: list[str]
    providers: list[ProviderBrief]

    @classmethod
    def of(cls, found: Suggestions) -> "SuggestionsView":
        """The view of suggestions."""
        return cls(
            categories=[CategoryBrief.of(category) for category in found.categories],
            services=list(found.titles),
            providers=[ProviderBrief(id=hit.id, trading_name=hit.trading_name) for hit in found.providers],
        )


class PopularCategory(CategoryBrief):
    """A category with its active services and the bookings of the last 30 days; counts stop at some thousands."""

    active_services: int
    recent_bookings: int

    @classmethod
    def of_count(cls, category: Category, count: CategoryCount) -> "PopularCategory":
        """The view of a category and its counts."""
        return cls(
            slug=category.id,
            name=category.name,
            parent=category.parent,
            active_services=count.services,
            recent_bookings=count.bookings,
        )


class PopularCategories(ResponseModel):
    """Popular categories, the most popular first."""

    items: list[PopularCategory]
    next_cursor: str | None = None


def _total(hit: Hit) -> MoneySchema | None:
    price = price_of(hit.price)
    return None if price is None else MoneySchema(amount=price.amount, currency=price.currency)


def _rating(hit: Hit) -> FoundRating:
    return FoundRating(count=hit.rating_count, mean=hit.mean if hit.rating_count else None, score=hit.score)


def _metres(hit: Hit) -> int | None:
    return None if hit.distance_m is None else round(hit.distance_m)


def _money(amount: int | None, currency: str | None) -> MoneySchema | None:
    return None if amount is None or currency is None else MoneySchema(amount=amount, currency=currency)
