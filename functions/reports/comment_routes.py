"""What people write below reports."""

from http import HTTPStatus
from typing import Annotated

from common.application.reports import commenting
from common.domain.reports.comments import COMMENTS_PER_HOUR
from common.runtime.http import CurrentUser
from common.runtime.http.clients import Client
from common.runtime.http.idempotency import IdempotentRoute
from common.runtime.http.paging import Cursor, Limit, decode_cursor, make_page
from common.runtime.http.rate_limits import rate_limit
from common.runtime.http.schemas import Page
from fastapi import APIRouter, Depends, Path, Response

from functions.reports.access import AnyViewer, Id
from functions.reports.container import ContainerDep
from functions.reports.presenter import present_comment
from functions.reports.schemas import CommentRequest, ReportCommentView

router = APIRouter(prefix="/v1/reports/{id}/comments", tags=["reports"], route_class=IdempotentRoute)

_limit_comments = rate_limit("report-comments", limit=COMMENTS_PER_HOUR, per_seconds=3600, by="user")


@router.get("")
async def list_report_comments(
    container: ContainerDep,
    viewer: AnyViewer,
    id: Id,  # noqa: A002
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Page[ReportCommentView]:
    """Comments below a report, oldest first."""
    after = decode_cursor(cursor, str)[0] if cursor else None
    report, rows = await commenting.list_comments(container.reports, viewer, id, limit=limit + 1, after=after)

    return make_page(
        rows,
        limit,
        cursor=lambda row: (row.id,),
        item=lambda row: present_comment(row, report, viewer.user_id),
    )


@router.post("", status_code=HTTPStatus.CREATED, dependencies=[Depends(_limit_comments)])
async def post_report_comment(
    container: ContainerDep,
    caller: CurrentUser,
    id: Id,  # noqa: A002
    body: CommentRequest,
) -> ReportCommentView:
    """Write below a report that everybody sees; at most 30 comments an hour.

    Contact details and coarse language are refused.
    """
    report, comment = await commenting.add_comment(container.reports, caller, id, body.text, shows_name=body.show_name)
    return present_comment(comment, report, caller.user_id)


@router.delete("/{cid}", status_code=HTTPStatus.NO_CONTENT)
async def remove_report_comment(
    container: ContainerDep,
    caller: CurrentUser,
    id: Id,  # noqa: A002
    cid: Annotated[str, Path(max_length=64)],
    client: Client,
) -> Response:
    """Remove a comment of the caller's own; moderators remove anybody's."""
    await commenting.remove_comment(container.reports, caller, id, cid, client)
    return Response(status_code=HTTPStatus.NO_CONTENT)
