"""What everybody does about moderation: reporting what they see, reading decisions about them, appealing."""

from http import HTTPStatus

from common.application.admin.moderation.appeal import appeal_decision
from common.application.admin.moderation.flag import flag_content
from common.runtime.http import CurrentUser, OptionalUser
from common.runtime.http.clients import Client
from common.runtime.http.idempotency import IdempotentRoute
from common.runtime.http.paging import Cursor, Limit, decode_cursor, make_page
from common.runtime.http.rate_limits import rate_limit
from common.runtime.http.schemas import Page
from fastapi import APIRouter, Depends

from functions.admin.access import Id
from functions.admin.container import ContainerDep
from functions.admin.moderation_presenter import present_own
from functions.admin.moderation_schemas import AppealRequest, FlagRequest, FlagView, OwnDecisionView

router = APIRouter(prefix="/v1/moderation", tags=["moderation"], route_class=IdempotentRoute)

_HOUR = 3600
_FLAGS_PER_HOUR, _APPEALS_PER_HOUR = 20, 20
_limit_flags = rate_limit("flags", limit=_FLAGS_PER_HOUR, per_seconds=_HOUR, by="user")
_limit_appeals = rate_limit("appeals", limit=_APPEALS_PER_HOUR, per_seconds=_HOUR, by="address")


@router.post("", status_code=HTTPStatus.CREATED, dependencies=[Depends(_limit_flags)])
async def report_content(body: FlagRequest, container: ContainerDep, caller: CurrentUser) -> FlagView:
    """Let moderators look at a report, a comment, a rating or a photo that everybody sees; each person does so once.

    A message is reported in its conversation.
    """
    item = await flag_content(container.moderating, caller, body.kind, body.id, body.reason, body.note)
    return FlagView.model_validate(dict(item))


@router.get("")
async def list_own_decisions(
    container: ContainerDep, caller: CurrentUser, limit: Limit = 20, cursor: Cursor = None
) -> Page[OwnDecisionView]:
    """What moderators decided about the caller and what they have written, newest first."""
    before = decode_cursor(cursor, str)[0] if cursor else None
    rows = await container.moderation.list_decided_about(caller.user_id, limit=limit + 1, before=before)
    now = container.clock.now()
    return make_page(rows, limit, cursor=lambda row: (row.id,), item=lambda row: present_own(row, now))


@router.post("/{id}/appeal", status_code=HTTPStatus.CREATED, dependencies=[Depends(_limit_appeals)])
async def appeal(
    id: Id,  # noqa: A002
    body: AppealRequest,
    container: ContainerDep,
    caller: OptionalUser,
    client: Client,
) -> OwnDecisionView:
    """Appeal against a decision within 30 days, once; a moderator who has not decided before looks at it.

    Who cannot sign in any more sends the `token` of the mail.
    """
    item = await appeal_decision(container.moderating, caller, body.token, id, body.text, client)
    return present_own(item, container.clock.now())
