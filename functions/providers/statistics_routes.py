"""A provider's jobs, earnings and stats, and published ratings."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated

from common.application.catalogue import statistics
from common.application.catalogue.profile import visible_provider
from common.application.catalogue.services import visible_service
from common.application.ports.bookings.repository import BookingQuery
from common.application.shared.together import together
from common.domain.bookings.booking import ActorKind, BookingStatus
from common.domain.bookings.disclosure import seen_by
from common.domain.bookings.ratings import Rating
from common.domain.matching.offers import OfferStatus
from common.domain.shared.errors import InvalidInput
from common.runtime.http import OptionalUser
from common.runtime.http.paging import Cursor, Limit, decode_cursor, make_page
from common.runtime.http.public_cache import CachedRoute, cache_for
from common.runtime.http.schemas import Instant, Page
from fastapi import APIRouter, Depends, Query

from functions.providers.callers import CallingProvider
from functions.providers.container import ContainerDep, ProvidersFunction
from functions.providers.statistics_schemas import (
    EarningsList,
    EarningsView,
    JobOfferView,
    JobPage,
    JobStatus,
    JobView,
    PublishedRatingView,
    StatsView,
)

own = APIRouter(prefix="/v1/providers/me", tags=["providers"])
public = APIRouter(prefix="/v1", tags=["ratings"], route_class=CachedRoute)

From = Annotated[Instant | None, Query(alias="from")]
To = Annotated[Instant | None, Query(alias="to")]
_VISIBLE = tuple(status for status in BookingStatus if status not in statistics.HIDDEN_FROM_PROVIDER)
_EARNINGS_DAYS = 92
_STATS_DAYS = 182
#: More than one provider is asked at once.
_MOST_OFFERS = 50
#: Offers of so long count as those of late.
_LATELY = timedelta(days=7)


@own.get("/jobs")
async def list_jobs(
    container: ContainerDep,
    provider: CallingProvider,
    starts_from: From = None,
    starts_before: To = None,
    status: Annotated[list[JobStatus] | None, Query(max_length=len(_VISIBLE))] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> JobPage:
    """The caller's jobs by their start, the earliest first; a calendar asks with ``from`` and ``to``.

    The first page also has the ``offers`` that are open now, those to be answered and the quotes that stand.
    """
    if starts_from and starts_before and starts_before <= starts_from:
        raise InvalidInput.of("to", "The end must come after the start.", "end_before_start")
    query = BookingQuery(
        provider_id=provider.id,
        statuses=tuple(BookingStatus(name) for name in status) if status else _VISIBLE,
        starts_from=starts_from,
        starts_before=starts_before,
        soonest_first=True,
    )
    after: tuple[datetime, str] | None = None
    if cursor is not None:
        start_at, booking_id = decode_cursor(cursor, datetime, str)
        after = (start_at, booking_id)
    rows = await container.catalogue.bookings.search(query, limit=limit + 1, after=after)
    now, windows = container.clock.now(), container.booking_settings
    page = make_page(
        rows,
        limit,
        cursor=lambda row: (row.slot.start_at, row.id),
        item=lambda row: JobView.of(seen_by(row, ActorKind.PROVIDER, now, windows)),
    )
    offers = await _open_offers(container, provider.id) if cursor is None else []
    return JobPage(items=page.items, next_cursor=page.next_cursor, offers=offers)


async def _open_offers(container: ProvidersFunction, provider_id: str) -> list[JobOfferView]:
    """What a provider was asked that is open, the latest first."""
    found = await container.job_offers.list_by_provider(
        provider_id, statuses=[OfferStatus.OPEN], limit=_MOST_OFFERS, before=None
    )
    requests = await container.job_requests.get_many([each.request_id for each in found]) if found else {}
    return [JobOfferView.of(each, requests[each.request_id]) for each in found if each.request_id in requests]


@own.get("/earnings")
async def get_earnings(
    container: ContainerDep, provider: CallingProvider, starts_from: From = None, starts_before: To = None
) -> EarningsList:
    """The caller's earnings by month, over jobs that start in the interval."""
    start, end = statistics.period_of(container.clock.now(), starts_from, starts_before, _EARNINGS_DAYS)
    months = await statistics.earnings(container.catalogue, provider, start, end)
    return EarningsList(items=[EarningsView.of(month) for month in months], timezone=provider.timezone)


@own.get("/stats")
async def get_stats(
    container: ContainerDep, provider: CallingProvider, starts_from: From = None, starts_before: To = None
) -> StatsView:
    """The caller's acceptance and reliability, over jobs that start in the interval, and how they answer offers."""
    start, end = statistics.period_of(container.clock.now(), starts_from, starts_before, _STATS_DAYS)
    now = container.clock.now()
    stats, answers = await together(
        statistics.stats(container.catalogue, provider, start, end),
        container.offer_stats.read([provider.id], now, since=now - _LATELY),
    )
    return StatsView.of(stats, answers.get(provider.id))


@public.get("/providers/{provider_id}/ratings", dependencies=[Depends(cache_for(60))])
async def list_provider_ratings(
    container: ContainerDep, viewer: OptionalUser, provider_id: str, limit: Limit = 20, cursor: Cursor = None
) -> Page[PublishedRatingView]:
    """Published ratings of a provider, the newest first."""
    await visible_provider(container.catalogue, provider_id, viewer.provider_id if viewer else None)
    rows = await container.catalogue.ratings.search(
        provider_id=provider_id, service_id=None, limit=limit + 1, before=_before(cursor)
    )
    return _ratings_page(rows, limit)


@public.get("/services/{service_id}/ratings", dependencies=[Depends(cache_for(60))])
async def list_service_ratings(
    container: ContainerDep, viewer: OptionalUser, service_id: str, limit: Limit = 20, cursor: Cursor = None
) -> Page[PublishedRatingView]:
    """Published ratings of a service, the newest first."""
    await visible_service(container.catalogue, service_id, viewer.provider_id if viewer else None)
    rows = await container.catalogue.ratings.search(
        provider_id=None, service_id=service_id, limit=limit + 1, before=_before(cursor)
    )
    return _ratings_page(rows, limit)


def _before(cursor: str | None) -> tuple[datetime, str] | None:
    if cursor is None:
        return None
    published_at, rating_id = decode_cursor(cursor, datetime, str)
    return published_at, rating_id


def _ratings_page(rows: Sequence[Rating], limit: int) -> Page[PublishedRatingView]:
    return make_page(
        rows, limit, cursor=lambda row: (row.published_at or row.created_at, row.id), item=PublishedRatingView.of
    )
