"""Tickets for a socket, and the same events over HTTP."""

from datetime import datetime

from common.application.messaging.realtime.deps import StreamDeps
from common.domain.identity.roles import Principal
from common.domain.messaging.realtime.connections import TICKET_LIFETIME, Ticket
from common.domain.messaging.realtime.streams import Replay, replay
from common.domain.shared.ids import new_id
from common.domain.shared.opaque_tokens import digest, new_token


async def issue_ticket(deps: StreamDeps, caller: Principal) -> tuple[str, datetime]:
    """Give the caller what opens one socket within a minute, and have their stream written from now on.

    Returns:
        The ticket, of which a digest alone is stored, and when it expires.
    """
    now = deps.clock.now()
    token, expires_at = new_token(), now + TICKET_LIFETIME
    await deps.streams.open(caller.user_id, new_id("str", now), now)
    await deps.tickets.insert(
        Ticket(id=digest(token), user_id=caller.user_id, session_id=caller.session_id, expires_at=expires_at)
    )
    return token, expires_at


async def replay_stream(deps: StreamDeps, user_id: str, epoch: str | None, after_seq: int) -> Replay:
    """What somebody has missed who has seen everything up to a number.

    Args:
        deps: ports.
        user_id: whose stream.
        epoch: the life of the stream that the number is of; ``None`` for a client that begins.
        after_seq: the number of the last event seen.
    """
    return replay(await deps.streams.get(user_id, deps.clock.now()), epoch, after_seq)
