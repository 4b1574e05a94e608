"""Conversations over a socket: writing, saying that one writes, and which conversations have gone on."""

import json
from collections.abc import Mapping

from common.application.messaging.deps import MessagingDeps
from common.application.messaging.membership import require_party
from common.application.messaging.messages import Draft, Sent, send_message
from common.application.messaging.realtime.deliver import send_to_user
from common.application.messaging.realtime.deps import SocketDeps
from common.application.ports.shared.limits import SharedRate
from common.application.shared.together import together
from common.domain.bookings.booking import ActorKind
from common.domain.identity.roles import Principal
from common.domain.messaging.conversations import Standing, standing
from common.domain.messaging.messages import MESSAGES_PER_MINUTE
from common.domain.messaging.realtime.connections import TYPING_PAUSE, Connection
from common.domain.shared.errors import RateLimited

_MINUTE = 60


async def write_message(
    deps: MessagingDeps, limits: SharedRate, connection: Connection, conversation_id: str, draft: Draft
) -> Sent:
    """Send a message; it counts against the same limit as over HTTP.

    Raises:
        RateLimited: too many in this minute.
        GigstaError: as ``send_message``.
    """
    key = f"messages:{connection.user_id}"
    taking = limits.take(key, limit=MESSAGES_PER_MINUTE, window_seconds=_MINUTE, now=deps.clock.now())
    bucket, subject = await together(taking, deps.subjects.get(conversation_id))
    if not bucket.allowed:
        raise RateLimited(retry_after=bucket.retry_after, limit=MESSAGES_PER_MINUTE)
    return await send_message(deps, _caller(connection), conversation_id, draft, subject)


async def show_typing(deps: MessagingDeps, sockets: SocketDeps, connection: Connection, conversation_id: str) -> None:
    """Tell the other party, if they look, that somebody writes: every three seconds at most, and only if they can.

    Raises:
        NotFound: the caller takes no part in such a conversation.
    """
    now = deps.clock.now()
    if not await sockets.connections.note_typing(connection.id, now, not_since=now - TYPING_PAUSE):
        return
    subject, side = require_party(await deps.subjects.get(conversation_id), _caller(connection))
    if standing(subject, now, deps.settings) is not Standing.OPEN:
        return
    other = subject.provider_user_id if side is ActorKind.CUSTOMER else subject.customer_id
    frame = {"type": "typing", "conversation_id": conversation_id, "role": side.value}
    await send_to_user(sockets, other, json.dumps(frame).encode())


async def conversations_behind(deps: MessagingDeps, connection: Connection, seen: Mapping[str, int]) -> dict[str, int]:
    """Of the caller's conversations those with messages after a number, each with the number of the last one.

    Args:
        deps: ports.
        connection: the caller's.
        seen: the number of the last message seen, by conversation.
    """
    found = await deps.conversations.get_many(seen) if seen else {}
    return {
        conversation_id: each.last_seq
        for conversation_id, seq in seen.items()
        if (each := found.get(conversation_id)) and each.side_of(connection.user_id) and each.last_seq > seq
    }


def _caller(connection: Connection) -> Principal:
    return Principal(user_id=connection.user_id, session_id=connection.session_id)
