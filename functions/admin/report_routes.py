"""Reports of what is broken, as moderators handle them: through their table, like everybody else."""

from typing import Annotated

from common.application.admin import reports
from common.domain.reports.report import Report, ReportStatus
from common.runtime.http.clients import Client
from common.runtime.http.csv_lists import CsvListRoute
from common.runtime.http.etags import IfMatch, etag
from common.runtime.http.paging import Cursor, Limit, decode_cursor, make_page
from common.runtime.http.schemas import Page
from fastapi import APIRouter, Query, Response

from functions.admin.access import ContentModerator, Id
from functions.admin.container import AdminFunction, ContainerDep
from functions.admin.report_schemas import ReportCategoryRequest, ReportStatusRequest, StaffReport

router = APIRouter(prefix="/v1/admin/reports", tags=["administration"], route_class=CsvListRoute)

_ALL = tuple(ReportStatus)


@router.get("")
async def list_reports_of_staff(
    container: ContainerDep,
    staff: ContentModerator,
    status: Annotated[
        list[ReportStatus] | None, Query(max_length=len(ReportStatus), description="Any of these")
    ] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Page[StaffReport]:
    """Reports in any of some statuses, or all; the longest waiting first. `needs_review` are those to decide on."""
    del staff
    after = decode_cursor(cursor, str)[0] if cursor else None
    rows = await container.reports.reports.list_by_status(status or _ALL, limit=limit + 1, after=after)
    bucket = container.media_bucket
    return make_page(rows, limit, cursor=lambda row: (row.id,), item=lambda row: StaffReport.of(row, bucket))


@router.put("/{id}/status")
async def set_report_status(
    id: Id,  # noqa: A002
    container: ContainerDep,
    staff: ContentModerator,
    client: Client,
    body: ReportStatusRequest,
    response: Response,
    expected: IfMatch = None,
) -> StaffReport:
    """Lead a report to a status, if its table lets a moderator; never one's own.

    `If-Match` refuses a decision on what has changed since.
    """
    given = body.model_dump(exclude={"status"})
    ports = (container.moderating, container.reports)
    report = await reports.set_report_status(*ports, staff, id, body.status, given, client, expected_version=expected)
    return _answer(container, response, report)


@router.put("/{id}/category")
async def set_report_category(
    id: Id,  # noqa: A002
    container: ContainerDep,
    staff: ContentModerator,
    client: Client,
    body: ReportCategoryRequest,
    response: Response,
    expected: IfMatch = None,
) -> StaffReport:
    """File a report under another category; never one's own."""
    ports = (container.moderating, container.reports)
    report = await reports.set_report_category(
        *ports, staff, id, body.category, body.reason, client, expected_version=expected
    )
    return _answer(container, response, report)


def _answer(container: AdminFunction, response: Response, report: Report) -> StaffReport:
    response.headers["ETag"] = etag(report.version)
    return StaffReport.of(report, container.media_bucket)
