"""Connections: opened by a ticket, asked for what was missed, gone with the sign-in they belong to."""

import json
from collections.abc import Mapping
from typing import Any

from common.application.messaging.realtime.deps import SocketDeps
from common.domain.messaging.realtime.connections import (
    CONNECTION_LIFETIME,
    MOST_CONNECTIONS,
    Connection,
    event_frames,
)
from common.domain.messaging.realtime.streams import replay
from common.domain.shared.errors import Unauthenticated
from common.domain.shared.opaque_tokens import digest

#: No ticket of ours is longer; longer ones are not worth a look.
_MAX_TICKET_LENGTH = 64


async def connect(deps: SocketDeps, ticket: str, connection_id: str) -> None:
    """Let a connection in whose ticket is right; the oldest gives way where a person has too many.

    The sign-in is touched in the transaction that stores the connection, so that one cannot end unseen in between.

    Raises:
        Unauthenticated: the ticket is unknown, used or late, or its sign-in has ended (``invalid_ticket``).
    """
    now = deps.clock.now()
    found = await deps.tickets.take(digest(ticket), now) if 0 < len(ticket) <= _MAX_TICKET_LENGTH else None
    if found is None:
        raise _refused()

    async def write() -> None:
        session = await deps.sessions.touch(found.session_id, now)
        if session is None:
            raise _refused()
        expires_at = min(now + CONNECTION_LIFETIME, session.expires_at)
        await deps.connections.insert(
            Connection(
                id=connection_id,
                user_id=found.user_id,
                session_id=found.session_id,
                connected_at=now,
                expires_at=expires_at,
            )
        )

    await deps.unit_of_work.run(write)
    connections = await deps.connections.list_by_user(found.user_id, now)
    await deps.drop([each.id for each in connections[MOST_CONNECTIONS:]])


def _refused() -> Unauthenticated:
    return Unauthenticated("Ask for a new ticket.", code="invalid_ticket")


async def require_connection(deps: SocketDeps, connection_id: str) -> Connection:
    """The connection that a frame came by, if its sign-in goes on, as the database says now.

    Raises:
        Unauthenticated: it is not known any more, or its sign-in has ended (``session_ended``).
    """
    connection = await deps.connections.get(connection_id, deps.clock.now())
    if connection is None:
        raise Unauthenticated("This sign-in has ended.", code="session_ended")
    return connection


async def send(deps: SocketDeps, connection_id: str, frame: dict[str, Any]) -> None:
    """Send a frame to one connection, if it is still there."""
    await deps.sockets.post(connection_id, json.dumps(frame, separators=(",", ":")).encode())


async def subscribe(
    deps: SocketDeps, connection: Connection, epoch: str | None, after_seq: int, behind: Mapping[str, int]
) -> None:
    """Send what a client has missed, in order, and then where its stream stands; ``resync`` if that is not kept.

    Args:
        deps: ports.
        connection: the client's.
        epoch: the life of the stream that the number is of; ``None`` for a client that begins.
        after_seq: the number of the last event it has seen.
        behind: conversations in which it lacks messages, with the number of the last one there is.
    """
    found = replay(await deps.streams.get(connection.user_id, deps.clock.now()), epoch, after_seq)
    position = {"epoch": found.epoch, "seq": found.seq}
    if found.must_resync:
        await send(deps, connection.id, {"type": "resync", **position})
    for frame in event_frames(found.epoch, found.events):
        await deps.sockets.post(connection.id, frame)
    await send(deps, connection.id, {"type": "subscribed", **position, "conversations": behind})


async def answer_ping(deps: SocketDeps, connection: Connection) -> None:
    """Tell that the socket is open, and where the client's stream stands: what got lost last shows in no gap."""
    stream = await deps.streams.get(connection.user_id, deps.clock.now())
    position = {} if stream is None else {"epoch": stream.epoch, "seq": stream.seq}
    await send(deps, connection.id, {"type": "pong", **position})


async def disconnect(deps: SocketDeps, connection_id: str) -> None:
    """Forget a connection that has ended."""
    await deps.connections.delete([connection_id])
