"""Messages of a conversation."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any

from common.application.messaging import messages
from common.application.messaging.messages import Draft
from common.application.messaging.reports import report_message
from common.application.shared.together import together
from common.domain.identity.roles import Principal
from common.domain.messaging.conversations import Subject
from common.domain.messaging.messages import MESSAGES_PER_MINUTE
from common.domain.shared.errors import InvalidInput
from common.runtime.http import CurrentUser
from common.runtime.http.dependencies import container_of, current_user
from common.runtime.http.idempotency import IdempotentRoute, keeps_out
from common.runtime.http.paging import Cursor, Limit, decode_cursor, encode_cursor
from common.runtime.http.queries import query_of
from common.runtime.http.rate_limits import rate_limit
from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel

from functions.messaging.container import ContainerDep, MessagingFunction
from functions.messaging.presenter import present_message
from functions.messaging.schemas import (
    INT64,
    ConversationId,
    MessagePage,
    MessageRequest,
    MessageView,
    ReportRequest,
    ReportView,
)

router = APIRouter(
    prefix="/v1/conversations/{conversation_id}/messages", tags=["messaging"], route_class=IdempotentRoute
)

_MINUTE, _HOUR = 60, 3600
_REPORTS_PER_HOUR = 20
_AFTER, _BEFORE = "after", "before"
_limit_messages = rate_limit("messages", limit=MESSAGES_PER_MINUTE, per_seconds=_MINUTE, by="user")
_limit_reports = rate_limit("message_reports", limit=_REPORTS_PER_HOUR, per_seconds=_HOUR, by="user")

Seq = Annotated[int, Path(ge=1, le=INT64)]


async def _sender(request: Request, response: Response) -> tuple[Principal, Subject | None]:
    """The caller, counted against the limit of messages, and what the conversation is about."""
    caller = await current_user(request)
    container = container_of(request, MessagingFunction)
    _, subject = await together(
        _limit_messages(request, response), container.messaging.subjects.get(request.path_params["conversation_id"])
    )
    return caller, subject


async def _photos_again(request: Request, kept: Mapping[str, Any]) -> dict[str, Any]:
    """The addresses of the photographs, which end, made anew."""
    container, caller = container_of(request, MessagingFunction), await current_user(request)
    found = await container.messaging.messages.get(kept["conversation_id"], kept["seq"])
    media = await container.messaging.attachments.find_many(found.media_ids) if found else {}
    view = present_message(found, caller.user_id, media, container.media_bucket) if found else None
    return {"media": view.model_dump(mode="json")["media"] if view else []}


@router.post("", status_code=HTTPStatus.CREATED)
@keeps_out(_photos_again, "media")
async def post_message(
    container: ContainerDep,
    sender: Annotated[tuple[Principal, Subject | None], Depends(_sender)],
    conversation_id: ConversationId,
    body: MessageRequest,
    response: Response,
) -> MessageView:
    """Write to the other party; the first message makes the conversation.

    Until the booking is accepted contact details are hidden from both. Sent again under the same `client_id` the first
    answer comes again, with `Idempotent-Replayed: true`; another message under it is refused (`client_id_reused`).
    """
    caller, subject = sender
    draft = Draft(body.text, body.media_ids, body.client_id)
    sent = await messages.send_message(container.messaging, caller, conversation_id, draft, subject)
    if not sent.is_new:
        response.headers["Idempotent-Replayed"] = "true"
    media = await container.messaging.attachments.find_many(sent.message.media_ids)
    return present_message(sent.message, caller.user_id, media, container.media_bucket)


class ListParams(BaseModel):
    """Which messages: those after a number, from the beginning without, or the last ones before a number."""

    after_seq: Annotated[int | None, Query(ge=0, le=INT64, description="Those after this one")] = None
    before_seq: Annotated[int | None, Query(ge=1, le=INT64, description="The last ones before this one")] = None
    limit: Limit = 20
    cursor: Cursor = None


@router.get("")
async def list_messages(
    container: ContainerDep,
    caller: CurrentUser,
    conversation_id: ConversationId,
    params: Annotated[ListParams, Depends(query_of(ListParams))],
) -> MessagePage:
    """Messages in their order: after `after_seq` (0 by default), or the last ones before `before_seq`.

    `next_cursor` goes on in the same direction.
    """
    direction, seq = _place(params)
    limit, is_backwards = params.limit, direction == _BEFORE
    page = await messages.list_messages(
        container.messaging, caller, conversation_id, seq=seq, is_backwards=is_backwards, limit=limit + 1
    )
    found = page.messages
    shown = found[-limit:] if is_backwards else found[:limit]
    following = None
    if len(found) > limit:
        following = encode_cursor(direction, shown[0].seq if is_backwards else shown[-1].seq)
    return MessagePage(
        items=[present_message(each, caller.user_id, page.media, container.media_bucket) for each in shown],
        next_cursor=following,
        last_seq=page.last_seq,
    )


def _place(params: ListParams) -> tuple[str, int]:
    """In which direction to go, and from where."""
    if params.cursor is not None:
        direction, seq = decode_cursor(params.cursor, str, int)
        if direction not in {_AFTER, _BEFORE}:
            raise InvalidInput.of("cursor", "This is not a cursor of this list.", "invalid_cursor")
        return direction, seq
    if params.before_seq is None:
        return _AFTER, params.after_seq or 0
    if params.after_seq is not None:
        raise InvalidInput.of("before_seq", "Give after_seq or before_seq, not both.", "both_directions")
    return _BEFORE, params.before_seq


@router.post("/{seq}/report", status_code=HTTPStatus.CREATED, dependencies=[Depends(_limit_reports)])
async def post_report(
    container: ContainerDep, caller: CurrentUser, conversation_id: ConversationId, seq: Seq, body: ReportRequest
) -> ReportView:
    """Let moderators look at a message of the other party and at those around it; each person reports it once."""
    item = await report_message(container.messaging, caller, conversation_id, seq, body.reason, body.note)
    return ReportView.model_validate({**dict(item), "conversation_id": item.subject})
