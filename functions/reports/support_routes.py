"""Having the same problem, and hearing of what happens."""

from http import HTTPStatus

from common.application.reports import supporting
from common.runtime.http import CurrentUser
from common.runtime.http.public_cache import clear_cache
from common.runtime.http.rate_limits import rate_limit
from fastapi import APIRouter, Depends, Response

from functions.reports.access import Id
from functions.reports.container import ContainerDep
from functions.reports.schemas import FollowView, VoteView

_limit_support = rate_limit("report-support", limit=300, per_seconds=3600, by="user")

router = APIRouter(
    prefix="/v1/reports/{id}", tags=["reports"], dependencies=[Depends(clear_cache), Depends(_limit_support)]
)


@router.put("/upvote")
async def upvote_report(container: ContainerDep, caller: CurrentUser, id: Id) -> VoteView:  # noqa: A002
    """Say that one has the same problem; doing it again changes nothing."""
    await supporting.upvote(container.reports, caller, id)
    return VoteView()


@router.delete("/upvote", status_code=HTTPStatus.NO_CONTENT)
async def remove_upvote(container: ContainerDep, caller: CurrentUser, id: Id) -> Response:  # noqa: A002
    """Take that back; doing it again changes nothing."""
    await supporting.take_vote_back(container.reports, caller, id)
    return Response(status_code=HTTPStatus.NO_CONTENT)


@router.put("/follow")
async def follow_report(container: ContainerDep, caller: CurrentUser, id: Id) -> FollowView:  # noqa: A002
    """Hear of what happens to a report; doing it again changes nothing."""
    await supporting.follow(container.reports, caller, id)
    return FollowView()


@router.delete("/follow", status_code=HTTPStatus.NO_CONTENT)
async def unfollow_report(container: ContainerDep, caller: CurrentUser, id: Id) -> Response:  # noqa: A002
    """Hear of it no more; doing it again changes nothing."""
    await supporting.unfollow(container.reports, caller, id)
    return Response(status_code=HTTPStatus.NO_CONTENT)
