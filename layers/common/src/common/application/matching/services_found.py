"""Services that a job could be: those around its place, and the one that was asked for by its id."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from common.application.matching.deps import MatchingDeps
from common.application.ports.search.listings import Criteria, Hit, ListingKind, Order
from common.application.shared.together import together
from common.domain.catalogue.categories import CategoryTree
from common.domain.catalogue.place_kinds import PlaceKind
from common.domain.catalogue.providers import Provider
from common.domain.catalogue.services import PriceType, Service, ServiceStatus, hourly
from common.domain.matching.blur import exact_distance_m, shown_distance_m
from common.domain.matching.job_requests import JobRequest
from common.domain.shared.geo import Point
from common.domain.shared.money import Money

#: Looked at around the place, as a multiple of the radius: who is a little too far away is told in the reasons.
_LOOKED_AT = 2
#: Work takes so long where nobody has said how long.
_USUAL_MINUTES = 60


@dataclass(frozen=True)
class FoundService:
    """One service, with what is known of it without reading its provider.

    Args:
        minutes: how long the job would take.
        price: what it would cost; ``None`` by quote.
        distance_m: to the point that is shown, ``exact_distance_m`` to the place itself; ``None`` without a point.
        reach_m: how far away it can be had as it is asked for.
        is_on_sale: whether it can be asked for, as far as is known here.
        is_sibling: whether it is of a category beside the one that is asked for.
    """

    id: str
    provider_id: str
    title: str
    provider_name: str
    resource_ids: tuple[str, ...]
    place_kinds: tuple[PlaceKind, ...]
    minutes: int
    price: Money | None
    distance_m: int | None
    exact_distance_m: int | None
    reach_m: int
    rating_count: int
    rating_total: int
    is_on_sale: bool = True
    is_sibling: bool = False


async def find_services(deps: MatchingDeps, request: JobRequest, *, has_siblings: bool) -> list[FoundService]:
    """Services that the job could be, each once: the one that was asked for, the nearest, then sibling categories.

    Args:
        deps: ports.
        request: what is asked for.
        has_siblings: whether categories beside the one that is asked for count too.

    Raises:
        Unavailable: the search is unavailable.
    """
    tree = await deps.search.categories.tree()
    parent = _parent(tree, request.category) if has_siblings else None
    asked, own, beside = await together(
        _asked_for(deps, request), _scan(deps, request, request.category), _scan(deps, request, parent)
    )
    leaves = {request.category, *tree.leaves(request.category)}
    kept: dict[str, FoundService] = {each.id: each for each in asked}
    for hit in own:
        kept.setdefault(hit.id, _of_hit(hit, request))
    for hit in beside:
        if hit.category not in leaves:
            kept.setdefault(hit.id, _of_hit(hit, request, is_sibling=True))
    return list(kept.values())


async def _scan(deps: MatchingDeps, request: JobRequest, category: str | None) -> Sequence[Hit]:
    """The nearest listings of a category, also of providers who do not come so far; online the best rated.

    Nobody is near an address that could not be located.
    """
    point = _point(request) if request.place_kind.is_in_person else None
    if category is None or (point is None and request.place_kind.is_in_person):
        return ()
    radius_m = float(_LOOKED_AT * request.radius_km * 1_000)
    criteria = Criteria(
        category=category, point=point, radius_m=radius_m, doubt_m=radius_m, place_kind=request.place_kind
    )
    order = Order.RATING if point is None else Order.DISTANCE
    limit = deps.settings.candidate_limit
    return (await deps.search.listings.scan(ListingKind.SERVICES, criteria, order, limit=limit)).hits


async def _asked_for(deps: MatchingDeps, request: JobRequest) -> list[FoundService]:
    """The service that was asked for by its id, if one was and is there."""
    pair = None if request.service_id is None else await deps.services.get_with_provider(request.service_id)
    return [] if pair is None else [_of_service(*pair, request)]


def _parent(tree: CategoryTree, slug: str) -> str | None:
    category = tree.by_slug.get(slug)
    return category.parent if category else None


def _point(request: JobRequest) -> Point | None:
    lat, lng = request.place.lat, request.place.lng
    return None if lat is None or lng is None else Point(lat, lng)


def _of_hit(hit: Hit, request: JobRequest, *, is_sibling: bool = False) -> FoundService:
    is_priced = hit.unit_amount is not None and hit.currency is not None
    unit = _money(hit.unit_amount or 0, hit.currency or "") if is_priced else None
    minutes = _minutes(hit.price_type, hit.duration_minutes, request)
    is_visit = request.place_kind is PlaceKind.CUSTOMER
    is_met = request.place_kind.is_in_person and hit.distance_m is not None
    return FoundService(
        id=hit.id,
        provider_id=hit.provider_id,
        title=hit.title,
        provider_name=hit.trading_name,
        resource_ids=tuple(hit.resource_ids),
        place_kinds=tuple(PlaceKind(each) for each in hit.place_kinds),
        minutes=minutes,
        price=_price(hit.price_type, unit, minutes),
        distance_m=shown_distance_m(request.place, hit.point) if is_met else None,
        exact_distance_m=round(hit.distance_m) if hit.distance_m is not None else None,
        reach_m=hit.visit_m if is_visit else hit.reach_m,
        rating_count=hit.rating_count,
        rating_total=hit.rating_total,
        is_sibling=is_sibling,
    )


def _of_service(service: Service, provider: Provider, request: JobRequest) -> FoundService:
    """The service that was asked for: it may lie beyond the radius, as far as its provider comes."""
    minutes = _minutes(service.price_type, service.duration_minutes, request)
    home, reach_m = provider.address, round(provider.service_radius_km * 1_000)
    shown = exact = None
    if request.place_kind.is_in_person and home.lat is not None and home.lng is not None:
        point = Point(home.lat, home.lng)
        shown, exact = shown_distance_m(request.place, point), exact_distance_m(request.place, point)
    is_beyond = request.place_kind is PlaceKind.CUSTOMER and exact is not None and exact > reach_m
    return FoundService(
        id=service.id,
        provider_id=provider.id,
        title=service.title,
        provider_name=provider.trading_name,
        resource_ids=tuple(service.resources()),
        place_kinds=tuple(service.place_kinds),
        minutes=minutes,
        price=_price(service.price_type, service.price, minutes),
        distance_m=shown,
        exact_distance_m=exact if is_beyond else None,
        reach_m=reach_m,
        rating_count=service.rating.count,
        rating_total=service.rating.total,
        is_on_sale=service.status is ServiceStatus.ACTIVE and provider.deleted_at is None,
    )


@lru_cache(maxsize=1024)
def _money(amount: int, currency: str) -> Money:
    """An amount; checking one costs more than all else that is made of a listing, and most prices are round."""
    return Money(amount=amount, currency=currency)


def _minutes(price_type: str, own_minutes: int, request: JobRequest) -> int:
    """A service with a price for the whole job takes as long as it says; other work as long as the customer says."""
    asked = None if price_type == PriceType.FIXED else request.duration_minutes
    return asked or own_minutes or _USUAL_MINUTES


def _price(price_type: str, unit: Money | None, minutes: int) -> Money | None:
    """What the job costs, as ``Service.total_price`` says for the service's own duration; ``None`` by quote."""
    if unit is None or price_type == PriceType.QUOTE:
        return None
    if price_type == PriceType.HOURLY:
        return _money(hourly(unit.amount, minutes), unit.currency)
    return unit
