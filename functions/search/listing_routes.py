"""Searching services and providers, suggestions, popular categories."""

from dataclasses import dataclass
from typing import Annotated

from common.application.ports.catalogue.geocoding import Located
from common.application.ports.search.listings import Criteria, ListingKind
from common.application.search.facets import Facets, count_facets, summarise
from common.application.search.listing_search import Bookmark, Found, reads_calendars, search_listings
from common.application.search.loosening import Try, looser_tries
from common.application.search.popular import popular_categories
from common.application.search.queries import SearchQuery, criteria_of
from common.application.search.suggest import suggest
from common.domain.shared.errors import InvalidInput
from common.domain.shared.geo import Point
from common.runtime.http.public_cache import CachedRoute, cache_for, no_store
from common.runtime.http.queries import query_of
from common.runtime.http.rate_limits import limit_lookups, limit_searches
from fastapi import APIRouter, Depends, Request, Response

from functions.search.container import ContainerDep, SearchFunction
from functions.search.cursors import read_search_cursor, search_cursor
from functions.search.query_params import NearParams, SearchParams, SuggestParams
from functions.search.schemas import (
    FacetsView,
    FoundService,
    InterpretationView,
    PopularCategories,
    PopularCategory,
    ProviderFound,
    ProvidersFound,
    ServicesFound,
    SuggestionsView,
)

router = APIRouter(
    prefix="/v1/search", tags=["search"], route_class=CachedRoute, dependencies=[Depends(limit_searches)]
)

Search = Annotated[SearchParams, Depends(query_of(SearchParams))]


@router.get("/services", dependencies=[Depends(cache_for(15))])
async def search_services(
    container: ContainerDep, params: Search, request: Request, response: Response
) -> ServicesFound:
    """Services that are shown, reach the point and meet the filters.

    Amounts are compared within one `currency` only: with a price filter or `sort=price`, only what is priced in it is
    found, and nothing that is by quote. Left out, it is what the listings nearest to the point are priced in; the
    answer says which. With `available_from` and `available_to` only services with a bookable start in between are
    found; at most a thousand listings are looked at for a page, so one with fewer items than `limit` may still have a
    `next_cursor`, which goes on from there.

    Where all words together find nothing, words at the end of `q` that name a place are taken for it, and words that
    nothing has are left out; `interpretation` says so.
    """
    await _limit_lookups(params, request, response)
    query = params.search_query(ListingKind.SERVICES)
    answer = await _search(container, params, query, request)
    found, criteria = answer.found, answer.criteria
    return ServicesFound(
        items=[FoundService.of(hit, found.slots, container.media_bucket) for hit in found.hits],
        next_cursor=answer.cursor(query),
        interpretation=answer.interpretation(),
        currency=_currency(criteria),
        facets=await _facets(container, params, ListingKind.SERVICES, criteria, found),
    )


@router.get("/providers", dependencies=[Depends(cache_for(15))])
async def search_providers(
    container: ContainerDep, params: Search, request: Request, response: Response
) -> ProvidersFound:
    """Providers that are shown, reach the point and meet the filters, by the same rules as services."""
    await _limit_lookups(params, request, response)
    query = params.search_query(ListingKind.PROVIDERS)
    answer = await _search(container, params, query, request)
    found, criteria = answer.found, answer.criteria
    tree = await container.categories.tree()
    return ProvidersFound(
        items=[ProviderFound.of(hit, tree) for hit in found.hits],
        next_cursor=answer.cursor(query),
        interpretation=answer.interpretation(),
        currency=_currency(criteria),
        facets=await _facets(container, params, ListingKind.PROVIDERS, criteria, found),
    )


@router.get("/suggest", dependencies=[Depends(cache_for(60))])
async def get_suggestions(
    container: ContainerDep, params: Annotated[SuggestParams, Depends(query_of(SuggestParams))]
) -> SuggestionsView:
    """What the typed text may become; forgives typing errors."""
    return SuggestionsView.of(await suggest(container.search, params.q, _point(params), limit=params.limit))


@router.get("/popular-categories", dependencies=[Depends(cache_for(300))])
async def get_popular_categories(
    container: ContainerDep, params: Annotated[NearParams, Depends(query_of(NearParams))]
) -> PopularCategories:
    """Categories by active services and recent bookings, near a point or everywhere."""
    rows = await popular_categories(container.search, _point(params), limit=params.limit)
    return PopularCategories(items=[PopularCategory.of_count(category, count) for category, count in rows])


async def _limit_lookups(params: SearchParams, request: Request, response: Response) -> None:
    if params.address is not None and params.lat is None:
        await limit_lookups(request, response)


@dataclass(frozen=True)
class _Answer:
    """A page with what the query was taken for, after how many looser tries."""

    found: Found
    criteria: Criteria | None = None
    place: Located | None = None
    ignored: tuple[str, ...] = ()
    tries: int = 0

    def cursor(self, query: SearchQuery) -> str | None:
        if self.found.next is None:
            return None
        return search_cursor(query, self.found.next, _currency(self.criteria), self.tries)

    def interpretation(self) -> InterpretationView | None:
        if self.place is None and not self.tries:
            return None
        return InterpretationView.of(self.place, self.ignored, is_loosened=self.tries > 0)


async def _search(container: SearchFunction, params: SearchParams, query: SearchQuery, request: Request) -> _Answer:
    if reads_calendars(query):
        no_store(request)
    bookmark, currency, tries = (
        read_search_cursor(query, params.cursor) if params.cursor is not None else (None, None, 0)
    )
    understood = await criteria_of(container.search, query, currency=currency)
    if understood is None:
        return _Answer(Found([]))
    first = Try(understood.criteria, understood.place, ())
    answer = _Answer(Found([]), first.criteria, first.place)
    if not tries:
        answer = await _tried(container, params, query, bookmark, first, 0)
        if answer.found.hits or bookmark is not None or not query.text:
            return answer
    looser = await looser_tries(container.search, query, understood.criteria)
    for number, each in enumerate(looser, 1):
        if tries in {0, number}:
            again = await _tried(container, params, query, bookmark, each, number)
            if again.found.hits:
                return again
    return answer


async def _tried(
    container: SearchFunction,
    params: SearchParams,
    query: SearchQuery,
    bookmark: Bookmark | None,
    each: Try,
    number: int,
) -> _Answer:
    found = await search_listings(container.search, query, each.criteria, limit=params.limit, bookmark=bookmark)
    return _Answer(found, each.criteria, each.place, each.ignored, number)


async def _facets(
    container: SearchFunction, params: SearchParams, kind: ListingKind, criteria: Criteria | None, found: Found
) -> FacetsView | None:
    if not params.facets or params.cursor is not None:
        return None
    facets: Facets = summarise([], None, is_complete=True)
    if criteria is not None:
        facets = await count_facets(container.search, kind, criteria, found.everything)
    return FacetsView.of(facets, await container.categories.tree())


def _currency(criteria: Criteria | None) -> str | None:
    return criteria.currency if criteria is not None else None


def _point(params: NearParams) -> Point | None:
    if params.lat is None and params.lng is None:
        return None
    if params.lat is None or params.lng is None:
        raise InvalidInput.of("lat" if params.lat is None else "lng", "Give both lat and lng.", "missing")
    return Point(params.lat, params.lng)
