"""Making, editing, withdrawing and claiming reports, and what their authors and followers do with them."""

from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Annotated, Any

from common.application.reports import acting, reading, writing
from common.application.reports.access import Viewer, find_report
from common.application.reports.writing import NewReport
from common.domain.reports.report import Report
from common.domain.shared.errors import Unauthenticated
from common.runtime.http import CurrentUser
from common.runtime.http.dependencies import authenticate_request, container_of
from common.runtime.http.etags import IfMatch
from common.runtime.http.idempotency import IdempotentRoute, keeps_out
from common.runtime.http.public_cache import clear_cache
from common.runtime.http.rate_limits import rate_limit
from fastapi import APIRouter, Body, Depends, Path, Request, Response

from functions.reports.access import AnyViewer, Id
from functions.reports.container import ContainerDep, ReportsFunction
from functions.reports.reading_routes import presenter_of, seen_view
from functions.reports.schemas import (
    ClaimRequest,
    ReportCreated,
    ReportPatch,
    ReportRequest,
    ReportView,
    WithdrawRequest,
    place_of,
)

router = APIRouter(
    prefix="/v1/reports", tags=["reports"], route_class=IdempotentRoute, dependencies=[Depends(clear_cache)]
)

_HOUR = 3600
_limit_anonymous = rate_limit("reports", limit=10, per_seconds=_HOUR)
_limit_signed_in = rate_limit("reports", limit=50, per_seconds=_HOUR, by="user")
_limit_claims = rate_limit("report-claims", limit=30, per_seconds=_HOUR, by="user")
_limit_changes = rate_limit("report-changes", limit=120, per_seconds=_HOUR, by="user")


async def _limit_reports(viewer: Viewer, request: Request, response: Response) -> None:
    """10 reports in an hour from a network address without an account, 50 of an account.

    The route asks once the body is in order and no key replays an answer, so that mistakes in a form use nothing up;
    what is refused for its photos counts, as looking for them costs.
    """
    await (_limit_anonymous if viewer.principal is None else _limit_signed_in)(request, response)


async def _seen(container: ReportsFunction, response: Response, viewer: Viewer, report: Report) -> ReportView:
    """A report that was just written, as who has changed it sees it."""
    seen = await reading.as_seen(container.reports, viewer, report)
    return ReportView.model_validate(await seen_view(container, response, seen))


async def _secrets_again(request: Request, kept: Mapping[str, Any]) -> dict[str, Any]:
    """Another edit token, as the first is known to nobody but who got it, and the photos' addresses, which end."""
    container = container_of(request, ReportsFunction)
    token = await writing.renew_edit_token(container.reports, kept["id"])
    viewer = Viewer(await authenticate_request(request), token)
    report = await find_report(container.reports, viewer, kept["id"])
    return {"edit_token": token, "photos": _photos(container, report)}


async def _photos_again(request: Request, kept: Mapping[str, Any]) -> dict[str, Any]:
    """The photos' addresses, which end, made anew."""
    container = container_of(request, ReportsFunction)
    report = await container.reports.reports.get(kept["id"])
    return {"photos": _photos(container, report) if report else []}


def _photos(container: ReportsFunction, report: Report) -> list[dict[str, Any]]:
    return [each.model_dump(mode="json") for each in presenter_of(container).photos(report)]


@router.post("", status_code=HTTPStatus.CREATED)
@keeps_out(_secrets_again, "edit_token", "photos")
async def create_report(
    container: ContainerDep, viewer: AnyViewer, body: ReportRequest, request: Request, response: Response
) -> ReportCreated:
    """Report something broken, signed in or not; a machine or a moderator looks at it before anybody else sees it.

    Without an account the answer has the `edit_token` that opens the report, once; `claim` gives it to an account.
    At most 10 reports an hour from a network address, 50 of an account; a body that is not in order and a replay do
    not count, photos that cannot be used do. `similar` are reports whose photos look the same: perhaps upvote or
    follow one of them instead.
    """
    await _limit_reports(viewer, request, response)
    new = NewReport(
        title=body.title,
        description=body.description,
        category=body.category,
        place=place_of(body.location, body.address or ""),
        media_ids=body.media_ids,
        shows_name=body.show_name,
        draft_token=body.draft_token,
    )
    author = Viewer(viewer.principal)
    made = await writing.create_report(container.reports, author, new)
    seen = reading.as_made(container.reports, replace(author, edit_token=made.edit_token), made.report)
    response.headers["Location"] = f"/v1/reports/{made.report.id}"
    return ReportCreated.model_validate({**await seen_view(container, response, seen), "edit_token": made.edit_token})


@router.patch("/{id}", dependencies=[Depends(_limit_changes)])
@keeps_out(_photos_again, "photos")
async def update_report(
    container: ContainerDep,
    viewer: AnyViewer,
    id: Id,  # noqa: A002
    body: ReportPatch,
    response: Response,
    expected: IfMatch = None,
) -> ReportView:
    """Change a report of the caller's, before anybody works on it; what is new is looked at before others see it."""
    author = replace(viewer, edit_token=body.edit_token or viewer.edit_token)
    report = await writing.edit_report(
        container.reports, author, id, _changed(body), draft_token=body.draft_token, expected_version=expected
    )
    return await _seen(container, response, author, report)


def _changed(body: ReportPatch) -> dict[str, Any]:
    """The fields that change, as the domain names them."""
    given = body.model_dump(exclude_unset=True, exclude={"draft_token", "edit_token", "location", "address"})
    fields = {("shows_name" if name == "show_name" else name): value for name, value in given.items()}
    if body.media_ids is not None:
        fields["media_ids"] = body.media_ids
    place: dict[str, Any] = body.location.model_dump() if body.location else {}
    if "address" in body.model_fields_set:
        place["address"] = body.address or ""
    return {**fields, "place": place} if place else fields


@router.delete("/{id}", status_code=HTTPStatus.NO_CONTENT)
async def withdraw_report(
    container: ContainerDep,
    viewer: AnyViewer,
    id: Id,  # noqa: A002
    expected: IfMatch = None,
    body: WithdrawRequest | None = None,
) -> Response:
    """Take a report of the caller's back; its photos are removed. A body is needed for nothing but the `edit_token`.

    A job request that somebody has made of it goes on, as it is theirs; the report it names is found no more.
    """
    author = replace(viewer, edit_token=(body.edit_token if body else None) or viewer.edit_token)
    await writing.withdraw_report(container.reports, author, id, expected_version=expected)
    return Response(status_code=HTTPStatus.NO_CONTENT)


@router.post("/{id}/claim", dependencies=[Depends(_limit_claims)])
@keeps_out(_photos_again, "photos")
async def claim_report(
    container: ContainerDep,
    caller: CurrentUser,
    id: Id,  # noqa: A002
    body: ClaimRequest,
    response: Response,
) -> ReportView:
    """Give a report that was made without an account to the caller's; its edit token opens it no more."""
    report = await writing.claim_report(container.reports, caller, id, body.edit_token, shows_name=body.show_name)
    return await _seen(container, response, Viewer(caller), report)


@router.post("/{id}/actions/{action_name}", dependencies=[Depends(_limit_changes)])
@keeps_out(_photos_again, "photos")
async def perform_report_action(
    container: ContainerDep,
    viewer: AnyViewer,
    id: Id,  # noqa: A002
    action_name: Annotated[str, Path(max_length=64)],
    response: Response,
    expected: IfMatch = None,
    values: Annotated[dict[str, Any] | None, Body(description="As the action's `input_schema` says")] = None,
) -> ReportView:
    """Do what `available_actions` of the report offers to its author or to somebody who follows it."""
    if viewer == Viewer():
        raise Unauthenticated("Sign in, or send the report's edit token.")
    report = await acting.act(container.reports, viewer, id, action_name, values, expected_version=expected)
    return await _seen(container, response, viewer, report)
