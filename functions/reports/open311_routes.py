"""Reports for programs that read Open311 GeoReport v2 (https://wiki.open311.org/GeoReport_v2): JSON, reading only.

Refusals are problem documents, as everywhere in this API.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated

from common.application.ports.reports.reports import ReportQuery
from common.application.reports.access import Viewer, find_report, no_report
from common.domain.reports.categories import CATEGORIES, ReportCategory
from common.domain.reports.report import PUBLIC, Report, ReportStatus
from common.domain.shared.errors import InvalidInput
from common.runtime.http.public_cache import CachedRoute, cache_for, no_store
from common.runtime.http.queries import query_of
from common.runtime.http.schemas import Instant
from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel

from functions.reports.container import ContainerDep
from functions.reports.open311_schemas import Open311Request, Open311Service
from functions.reports.presenter import Presenter
from functions.reports.reading_routes import presenter_of

router = APIRouter(prefix="/v1/open311/v2", tags=["reports"], route_class=CachedRoute)

_ENDING = ".json"
#: The longest period that one answer is about, which the specification sets.
_LONGEST = timedelta(days=90)
#: It lets a server answer with at most a thousand; a page of ours is smaller.
_MOST = 200
_MOST_IDS = 50
_CLOSED = frozenset({ReportStatus.RESOLVED, ReportStatus.DUPLICATE})
_OPEN = tuple(status for status in ReportStatus if status in PUBLIC - _CLOSED)


class RequestParams(BaseModel):
    """Which requests: of a period of at most 90 days, by default the last 90; lists are separated by commas."""

    service_request_id: Annotated[str | None, Query(max_length=_MOST_IDS * 65)] = None
    service_code: Annotated[str | None, Query(max_length=500)] = None
    start_date: Instant | None = None
    end_date: Instant | None = None
    status: Annotated[str | None, Query(max_length=20, description="`open`, `closed`, or both")] = None
    page_size: Annotated[int, Query(ge=1, le=_MOST)] = 100


@router.get("/services.json", dependencies=[Depends(cache_for(3600))])
async def list_open311_services() -> list[Open311Service]:
    """Kinds of requests."""
    return [
        Open311Service(
            service_code=each,
            service_name=rule.name,
            description=rule.description,
            keywords=", ".join(rule.keywords),
            group=rule.group,
        )
        for each, rule in CATEGORIES.items()
    ]


@router.get("/requests.json", dependencies=[Depends(cache_for(300))])
async def list_open311_requests(
    request: Request, container: ContainerDep, params: Annotated[RequestParams, Depends(query_of(RequestParams))]
) -> list[Open311Request]:
    """Public reports, newest first, at most 200; for older ones move `end_date`."""
    presenter, deps = presenter_of(container), container.reports
    if params.service_request_id is not None:
        no_store(request)  # as one report is not kept: what is hidden is gone at once
        ids = _words("service_request_id", params.service_request_id, most=_MOST_IDS)
        found = await deps.reports.get_many(ids)
        return [_present(presenter, found[each]) for each in ids if each in found and found[each].is_public]
    since, until = _period(params, deps.clock.now())
    query = ReportQuery(_categories(params.service_code), _statuses(params.status), since=since, until=until)
    rows = await deps.reports.list_public(query, limit=params.page_size)
    return [_present(presenter, each) for each in rows]


@router.get("/requests/{file}", dependencies=[Depends(cache_for(900, is_kept=False))])
async def get_open311_request(
    container: ContainerDep, file: Annotated[str, Path(max_length=70, description="The report's id and `.json`")]
) -> list[Open311Request]:
    """One public report: `{id}.json`; a list of one, as the specification has it."""
    if not file.endswith(_ENDING):
        raise no_report()
    report = await find_report(container.reports, Viewer(), file.removesuffix(_ENDING))
    return [_present(presenter_of(container), report)]


def _period(params: RequestParams, now: datetime) -> tuple[datetime, datetime]:
    until = params.end_date or (params.start_date + _LONGEST if params.start_date else now + timedelta(seconds=1))
    since = params.start_date or until - _LONGEST
    if not since < until <= since + _LONGEST:
        raise InvalidInput.of("end_date", "Ask for at most 90 days, from start_date to end_date.", "period_too_long")
    return since, until


def _categories(text: str | None) -> Sequence[ReportCategory]:
    if text is None:
        return ()
    try:
        return [ReportCategory(word) for word in _words("service_code", text, most=len(ReportCategory))]
    except ValueError as error:
        raise InvalidInput.of("service_code", "There is no such service.", "unknown_service") from error


def _statuses(text: str | None) -> Sequence[ReportStatus]:
    if text is None:
        return ()
    known = {"open": _OPEN, "closed": tuple(_CLOSED)}
    words = _words("status", text, most=len(known))
    if not known.keys() >= set(words):
        raise InvalidInput.of("status", "Ask for open, closed, or both.", "unknown_status")
    return [status for word in words for status in known[word]]


def _words(field: str, text: str, *, most: int) -> list[str]:
    words = list(dict.fromkeys(word for part in text.split(",") if (word := part.strip())))
    if not 1 <= len(words) <= most:
        raise InvalidInput.of(field, f"Give 1 to {most}, separated by commas.", "count")
    return words


def _present(presenter: Presenter, report: Report) -> Open311Request:
    rule, photo, closing = CATEGORIES[report.category], next(iter(report.photos), None), report.closing
    status = report.status.value.replace("_", " ")
    return Open311Request(
        service_request_id=report.id,
        status="closed" if report.status in _CLOSED else "open",
        status_notes=f"{status}: {closing.reason}" if closing else status,
        service_name=rule.name,
        service_code=report.category,
        description="\n".join(filter(None, (report.title, report.description))),
        agency_responsible=closing.responsible if closing else None,
        requested_datetime=report.created_at,
        updated_datetime=report.updated_at,
        address=report.place.address,
        lat=report.place.lat,
        long=report.place.lng,
        media_url=presenter.photo_url(report, photo, "full") if photo else None,
    )
