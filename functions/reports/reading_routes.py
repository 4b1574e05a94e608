"""Reading reports: lists, one, what happened to it, its photographs."""

from http import HTTPStatus
from typing import Annotated, Any, Literal
from zlib import crc32

from common.application.ports.reports.reports import ReportOrder, ReportQuery
from common.application.reports import reading
from common.application.reports.access import Viewer
from common.application.reports.reading import SeenReport
from common.domain.reports.categories import CATEGORIES, CategoryRule, ReportCategory
from common.domain.reports.report import PUBLIC, ReportStatus
from common.domain.reports.state_machine import to_json
from common.domain.shared.errors import InvalidInput
from common.domain.shared.geo import Point
from common.runtime.http import CurrentUser
from common.runtime.http.etags import etag
from common.runtime.http.paging import Cursor, Limit, decode_cursor, make_page
from common.runtime.http.public_cache import CachedRoute, cache_for
from common.runtime.http.queries import query_of
from common.runtime.http.schemas import Page
from fastapi import APIRouter, Depends, Path, Query, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel

from functions.reports.access import AnyViewer, Id
from functions.reports.container import ContainerDep, ReportsFunction
from functions.reports.presenter import Presenter, present_entry
from functions.reports.schemas import (
    NearbyList,
    ReportBrief,
    ReportCategoryList,
    ReportCategoryView,
    ReportView,
    TimelineItem,
)

router = APIRouter(prefix="/v1/reports", tags=["reports"], route_class=CachedRoute)

_LIST_SECONDS, _ONE_SECONDS = 300, 900
#: An address of a file works for five minutes at least.
_PHOTO_SECONDS = 240
_MOST_NEARBY, _FURTHEST_M = 50, 5_000
_MANY_SECONDS = 3600

PublicStatus = Literal[
    ReportStatus.VERIFIED,
    ReportStatus.ACKNOWLEDGED,
    ReportStatus.IN_PROGRESS,
    ReportStatus.RESOLVED,
    ReportStatus.REOPENED,
    ReportStatus.DUPLICATE,
]
Size = Annotated[Literal["full", "medium", "small"], Query(description="2048, 960 or 320 pixels at most")]


class ListParams(BaseModel):
    """Which reports; `most_upvoted` goes with `category` alone."""

    category: ReportCategory | None = None
    status: Annotated[list[PublicStatus], Query(max_length=len(PUBLIC), description="Any of these")] = []
    sort: ReportOrder = ReportOrder.NEWEST
    limit: Limit = 20
    cursor: Cursor = None


class NearParams(BaseModel):
    """Around which point. Without `radius_m` the category says how far, which may be not at all."""

    lat: Annotated[float, Query(ge=-90, le=90, allow_inf_nan=False)]
    lng: Annotated[float, Query(ge=-180, le=180, allow_inf_nan=False)]
    category: ReportCategory | None = None
    radius_m: Annotated[int | None, Query(ge=1, le=_FURTHEST_M, description="Metres")] = None
    limit: Annotated[int, Query(ge=1, le=_MOST_NEARBY)] = 20


def presenter_of(container: ReportsFunction) -> Presenter:
    """What makes answers."""
    return Presenter(container.public_base_url, container.media_bucket)


async def seen_view(container: ReportsFunction, response: Response, seen: SeenReport) -> dict[str, Any]:
    """The fields of a report's answer, whose entity tag has the version to name in ``If-Match``."""
    inside = seen.is_author or seen.is_moderator
    similar = await reading.find_similar_reports(container.reports, seen.report) if inside else {}
    response.headers["ETag"] = report_tag(seen)
    return presenter_of(container).view_fields(seen, similar)


def report_tag(seen: SeenReport) -> str:
    """The report's version, and a checksum of what it does not stand for: counts, and what it is to the caller."""
    report = seen.report
    counts = (report.upvote_count, report.follower_count, report.comment_count)
    actions = tuple(each.action_name for each in seen.actions)
    other = (*counts, seen.is_author, seen.is_moderator, seen.has_upvoted, seen.is_following, *actions)
    return etag(report.version, crc32(repr(other).encode()))


@router.get("", dependencies=[Depends(cache_for(_LIST_SECONDS))])
async def list_reports(
    container: ContainerDep, params: Annotated[ListParams, Depends(query_of(ListParams))]
) -> Page[ReportBrief]:
    """Reports that everybody sees, newest first, or those that most people have."""
    is_by_votes = params.sort is ReportOrder.MOST_UPVOTED
    if is_by_votes and params.status:
        raise InvalidInput.of("status", "Not together with sort=most_upvoted.", "not_together")
    after = decode_cursor(params.cursor, int, str) if params.cursor else None
    query = ReportQuery([params.category] if params.category else (), params.status, params.sort)
    place = (int(after[0]), str(after[1])) if after else None
    rows = await container.reports.reports.list_public(query, limit=params.limit + 1, after=place)
    present = presenter_of(container).brief
    return make_page(rows, params.limit, cursor=lambda row: (row.verified_upvote_count, row.id), item=present)


@router.get("/nearby", dependencies=[Depends(cache_for(_LIST_SECONDS, is_kept=False))])
async def list_nearby_reports(
    container: ContainerDep, params: Annotated[NearParams, Depends(query_of(NearParams))]
) -> NearbyList:
    """Reports around a point, the closest first: perhaps somebody was there before, and can be upvoted or followed."""
    point = Point(params.lat, params.lng)
    found = await reading.list_nearby(
        container.reports, point, radius_m=params.radius_m, category=params.category, limit=params.limit
    )
    radius = params.radius_m or reading.radius_of(params.category)
    return NearbyList(items=[presenter_of(container).near(each) for each in found], radius_m=radius)


@router.get("/categories", dependencies=[Depends(cache_for(_MANY_SECONDS))])
async def list_report_categories() -> ReportCategoryList:
    """What can be reported."""
    items = [ReportCategoryView(category=each, **_shown(rule)) for each, rule in CATEGORIES.items()]
    return ReportCategoryList(items=items)


@router.get("/state-machine", dependencies=[Depends(cache_for(_MANY_SECONDS))])
async def get_report_state_machine(container: ContainerDep) -> dict[str, Any]:
    """The life of a report as a table: from which statuses, by whom, under which conditions, what follows."""
    return to_json(container.reports.settings)


@router.get("/mine")
async def list_own_reports(
    container: ContainerDep, caller: CurrentUser, limit: Limit = 20, cursor: Cursor = None
) -> Page[ReportBrief]:
    """The caller's own reports in every status, newest first."""
    before = decode_cursor(cursor, str)[0] if cursor else None
    rows = await container.reports.reports.list_by_author(caller.user_id, limit=limit + 1, before=before)
    return make_page(rows, limit, cursor=lambda row: (row.id,), item=presenter_of(container).brief)


@router.get("/{id}", dependencies=[Depends(cache_for(_ONE_SECONDS, is_kept=False))])
async def get_report(container: ContainerDep, viewer: AnyViewer, response: Response, id: Id) -> ReportView:  # noqa: A002
    """One report. One that is not public is there for its author alone, and for moderators.

    Its `ETag` names the version, to be sent as `If-Match` with a change.
    """
    seen = await reading.see_report(container.reports, viewer, id)
    return ReportView.model_validate(await seen_view(container, response, seen))


@router.get("/{id}/timeline", dependencies=[Depends(cache_for(_LIST_SECONDS, is_kept=False))])
async def list_report_timeline(
    container: ContainerDep,
    viewer: AnyViewer,
    id: Id,  # noqa: A002
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Page[TimelineItem]:
    """What happened to a report, oldest first."""
    after = decode_cursor(cursor, int)[0] if cursor else 0
    rows = await reading.list_timeline(container.reports, viewer, id, limit=limit + 1, after_version=after)
    return make_page(rows, limit, cursor=lambda row: (row.version,), item=present_entry)


@router.get("/{id}/photos/{media_id}", status_code=HTTPStatus.FOUND, response_class=RedirectResponse)
async def get_report_photo(
    container: ContainerDep,
    viewer: AnyViewer,
    id: Id,  # noqa: A002
    media_id: Annotated[str, Path(max_length=64)],
    size: Size = "medium",
) -> RedirectResponse:
    """Leads to a file of a photo, for as long as the report is there for the caller."""
    photo = await reading.find_photo(container.reports, viewer, id, media_id)
    url = container.media_bucket.private_url(photo.keys()[size])
    kept = f"public, max-age={_PHOTO_SECONDS}" if viewer == Viewer() else "private, no-store"
    return RedirectResponse(url, HTTPStatus.FOUND, headers={"Cache-Control": kept})


def _shown(rule: CategoryRule) -> dict[str, Any]:
    return {name: getattr(rule, name) for name in ("name", "description", "group", "nearby_m")}
