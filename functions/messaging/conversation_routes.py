"""Conversations, and what was read of them."""

from datetime import datetime

from common.application.messaging import conversations
from common.application.messaging.reading import mark_read
from common.runtime.http import CurrentUser
from common.runtime.http.idempotency import IdempotentRoute
from common.runtime.http.paging import Cursor, Limit, decode_cursor, make_page
from common.runtime.http.schemas import Page
from fastapi import APIRouter

from functions.messaging.container import ContainerDep
from functions.messaging.presenter import present_conversation
from functions.messaging.schemas import ConversationId, ConversationView, ReadRequest, ReadView

router = APIRouter(prefix="/v1/conversations", tags=["messaging"], route_class=IdempotentRoute)


@router.get("")
async def list_conversations(
    container: ContainerDep, caller: CurrentUser, limit: Limit = 20, cursor: Cursor = None
) -> Page[ConversationView]:
    """The caller's conversations, the latest message first; one begins with its first message."""
    found = await conversations.list_conversations(
        container.messaging, caller, limit=limit + 1, after=_read_cursor(cursor)
    )
    return make_page(
        found,
        limit,
        cursor=lambda seen: (seen.conversation.last_at, seen.conversation.id),
        item=lambda seen: present_conversation(seen, container.media_bucket),
    )


@router.get("/{conversation_id}")
async def get_conversation(
    container: ContainerDep, caller: CurrentUser, conversation_id: ConversationId
) -> ConversationView:
    """One conversation; that of a booking without messages yet is there and empty."""
    seen = await conversations.get_conversation(container.messaging, caller, conversation_id)
    return present_conversation(seen, container.media_bucket)


@router.post("/{conversation_id}/read")
async def post_read(
    container: ContainerDep, caller: CurrentUser, conversation_id: ConversationId, body: ReadRequest | None = None
) -> ReadView:
    """Mark everything up to a message as read; a mark never moves back."""
    seq = body.seq if body else None
    found, side = await mark_read(container.messaging, caller, conversation_id, seq)
    return ReadView(read_seq=found.read_by(side).seq, unread_count=found.unread_by(side), last_seq=found.last_seq)


def _read_cursor(cursor: str | None) -> tuple[datetime, str] | None:
    if cursor is None:
        return None
    at, last_id = decode_cursor(cursor, datetime, str)
    return at, last_id
