"""What of a service or provider is kept for searching."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from pydantic import Field

from common.domain.catalogue.categories import CategoryTree, category_path, category_tag, place_tag
from common.domain.catalogue.place_kinds import PlaceKind
from common.domain.catalogue.price_keys import price_key
from common.domain.catalogue.providers import Provider, RatingSummary
from common.domain.catalogue.rating_scores import bayesian_score
from common.domain.catalogue.services import PriceType, Service, ServiceStatus
from common.domain.identity.users import ProviderStatus
from common.domain.search.text import stems, title_stems
from common.domain.shared.geo import TILE_LEVELS, Point, tile
from common.domain.shared.model import Model
from common.domain.shared.money import Money

#: The area that is everywhere.
EVERYWHERE = "*"
#: More than nearly any title has; scripts without spaces have a word with each character.
_MAX_TITLE_WORDS = 40
#: A provider's services are found by as many words of their titles together.
_MAX_OFFER_WORDS = 64
#: Words of a description that are indexed: its beginning, which says what is offered, and from all of it the words that
#: mean a category or one of its synonyms, which are what people look for. Each is one entry in two indexes.
DESCRIPTION_WORDS = 24
_MEANINGFUL_WORDS = 24
_READ_WORDS = 1_000
#: To the provider's own place people come from as far as they ask for: further than any two places are apart.
FROM_ANYWHERE_M = 21_000_000
#: Nobody meets what is done online alone.
NOWHERE_M = -1


class Listing(Model):
    """What searches read: one shown service with its provider's part copied in, or one shown provider.

    ``tokens`` are word stems and category tags, ``name_stems`` those of the provider's name. ``areas`` are
    ``path@tile`` keys. ``price`` is what one booking costs, as a ``price_key``. ``reach_m`` is from how far
    it can be had in person, ``visit_m`` the provider's service radius where that is by visits. ``mean`` is the plain
    mean of the stars (0 without any), ``score`` the one that ranks.
    """

    id: str
    provider_id: str
    title: str
    trading_name: str
    category: str
    categories: list[str] = Field(default_factory=list)
    tokens: list[str]
    name_stems: list[str] = Field(default_factory=list)
    areas: list[str]
    location: dict[str, Any]
    reach_m: int
    visit_m: int
    place_kinds: list[PlaceKind]
    price: int
    price_type: PriceType = PriceType.FIXED
    unit_price: Money | None = None
    duration_minutes: int = 0
    image: str | None = None
    auto_accept: bool = False
    resource_ids: list[str] = Field(default_factory=list)
    is_verified: bool = False
    rating: RatingSummary
    mean: float
    score: float
    updated_at: datetime


def service_listing(provider: Provider, service: Service, tree: CategoryTree) -> Listing | None:
    """A service as searches show it; ``None`` while it must not be shown."""
    point = listed_point(provider)
    if point is None or service.status is not ServiceStatus.ACTIVE:
        return None
    path = category_path(tree, service.category)
    total = service.total_price()
    return Listing(
        id=service.id,
        provider_id=provider.id,
        title=service.title,
        trading_name=provider.trading_name,
        category=service.category,
        categories=path,
        tokens=[
            *tokens_of(tree, path, service.title, provider.trading_name, service.description),
            *place_tags(path, service.place_kinds),
        ],
        name_stems=list(title_stems(provider.trading_name, _MAX_TITLE_WORDS)),
        areas=areas_of(path, point),
        location=geojson(point),
        **_reach(provider, service.place_kinds),
        price=price_key(total),
        price_type=service.price_type,
        unit_price=service.price,
        duration_minutes=service.duration_minutes,
        image=_image(service),
        auto_accept=service.auto_accept,
        resource_ids=service.resource_ids,
        is_verified=provider.status is ProviderStatus.APPROVED,
        **rating_fields(service.rating),
        updated_at=service.updated_at,
    )


def provider_listing(provider: Provider, services: Iterable[Service], tree: CategoryTree) -> Listing | None:
    """A provider as searches show it, over its active services; ``None`` while it must not be shown."""
    point = listed_point(provider)
    active = [service for service in services if service.status is ServiceStatus.ACTIVE]
    if point is None or not active:
        return None
    categories = sorted({service.category for service in active})
    path = list(dict.fromkeys(slug for category in categories for slug in category_path(tree, category)))
    kinds = [kind for kind in PlaceKind if any(kind in service.place_kinds for service in active)]
    cheapest = _cheapest([total for service in active if (total := service.total_price())])
    titles = " ".join(service.title for service in active)
    return Listing(
        id=provider.id,
        provider_id=provider.id,
        title=provider.trading_name,
        trading_name=provider.trading_name,
        category=categories[0],
        categories=path,
        tokens=[
            *tokens_of(tree, path, provider.trading_name, titles, provider.bio, _MAX_OFFER_WORDS),
            *provider_place_tags(tree, active),
        ],
        name_stems=list(title_stems(provider.trading_name, _MAX_TITLE_WORDS)),
        areas=areas_of(path, point),
        location=geojson(point),
        **_reach(provider, kinds),
        price=price_key(cheapest),
        unit_price=cheapest,
        duration_minutes=min((service.duration_minutes for service in active if service.total_price()), default=0),
        is_verified=provider.status is ProviderStatus.APPROVED,
        **rating_fields(provider.rating),
        updated_at=provider.updated_at,
    )


def rating_fields(rating: RatingSummary) -> dict[str, Any]:
    """The fields of a listing that ratings make, as they are stored."""
    score = bayesian_score(rating.count, rating.total)
    return {"rating": rating.model_dump(), "mean": mean_of(rating), "score": score}


def listed_point(provider: Provider) -> Point | None:
    """Where a provider is listed; ``None`` if it is not, or its address has no point."""
    if not provider.is_listed or provider.address.lat is None or provider.address.lng is None:
        return None
    return Point(provider.address.lat, provider.address.lng)


def tokens_of(
    tree: CategoryTree,
    path: Iterable[str],
    title: str,
    name: str,
    description: str,
    name_words: int = _MAX_TITLE_WORDS,
) -> list[str]:
    """Search tokens: category tags, then stems of the title, the name, and the words of the description that count."""
    tags = [category_tag(slug) for slug in path]
    found = stems(description, _READ_WORDS)
    meaningful = [word for word in found[DESCRIPTION_WORDS:] if word in tree.stems][:_MEANINGFUL_WORDS]
    text = [
        *title_stems(title, _MAX_TITLE_WORDS),
        *title_stems(name, name_words),
        *found[:DESCRIPTION_WORDS],
        *meaningful,
    ]
    return list(dict.fromkeys([*tags, *text]))


def place_tags(path: Iterable[str], kinds: Iterable[PlaceKind]) -> list[str]:
    """Search tokens of where it can be done: each category of its path with each kind of place."""
    slugs = list(path)
    return [place_tag(slug, kind) for kind in kinds for slug in slugs]


def provider_place_tags(tree: CategoryTree, services: Iterable[Service]) -> list[str]:
    """Those of a provider: what of its services is done where, and not each of them everywhere."""
    tags = [tag for each in services for tag in place_tags(category_path(tree, each.category), each.place_kinds)]
    return list(dict.fromkeys(tags))


def _image(service: Service) -> str | None:
    """What lists show of a service: the address of an image elsewhere, or where a photograph lies in the bucket."""
    if service.images:
        return service.images[0]
    return service.photos[0].listed_key if service.photos else None


def _reach(provider: Provider, kinds: Sequence[PlaceKind]) -> dict[str, Any]:
    """The fields of a listing that say where it can be had."""
    visit_m = round(provider.service_radius_km * 1000) if PlaceKind.CUSTOMER in kinds else NOWHERE_M
    reach_m = FROM_ANYWHERE_M if PlaceKind.PROVIDER in kinds else visit_m
    return {"reach_m": reach_m, "visit_m": visit_m, "place_kinds": list(kinds)}


def _cheapest(prices: Sequence[Money]) -> Money | None:
    """The lowest price in the currency that most of them have (of two, the first by its code)."""
    if not prices:
        return None
    counts = Counter(price.currency for price in prices)
    usual = min(counts, key=lambda currency: (-counts[currency], currency))
    return min((price for price in prices if price.currency == usual), key=lambda price: price.amount)


def areas_of(path: Iterable[str], point: Point) -> list[str]:
    """Keys under which a listing is filed for sorted walks: each category of its path in each tile that holds it."""
    tiles = _tiles(point)
    return [area_key(slug, name) for slug in path for name in tiles]


@lru_cache(maxsize=1024)
def _tiles(point: Point) -> tuple[str, ...]:
    """A provider's services are all filed at its one point."""
    return (EVERYWHERE, *(tile(point, zoom) for zoom in TILE_LEVELS))


def area_key(slug: str, tile_name: str) -> str:
    """Key of one category in one tile."""
    return f"{slug}@{tile_name}"


def geojson(point: Point) -> dict[str, Any]:
    """A GeoJSON point (RFC 7946): longitude first."""
    return {"type": "Point", "coordinates": [point.lng, point.lat]}


def mean_of(rating: RatingSummary) -> float:
    """Mean stars to one decimal; 0 without ratings."""
    return round(rating.mean, 1) if rating.mean is not None else 0.0
