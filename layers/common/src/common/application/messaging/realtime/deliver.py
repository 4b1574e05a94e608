"""What happened reaches the streams of those it concerns, and those of them who are connected."""

import asyncio
from collections.abc import Mapping, Sequence

from common.application.messaging.realtime.deps import SocketDeps
from common.application.ports.messaging.realtime.connections import Connected, PostOutcome
from common.application.shared.together import together
from common.domain.messaging.realtime.connections import event_frames
from common.domain.messaging.realtime.streams import recipients
from common.domain.shared.events import Event
from common.domain.shared.realtime import CONNECTIONS_ENDED


async def deliver_to_streams(deps: SocketDeps, event: Event) -> None:
    """Add an event to the streams of those it concerns, and send it to their sockets.

    Safe to repeat: a stream takes an event once, and a client passes over a number that it has seen. A frame that does
    not get through is not tried again, for the stream has the event. Sockets whose sign-in has ended are closed.

    Raises:
        Unavailable: the database is unavailable; deliver the event again.
    """
    users, now = recipients(event), deps.clock.now()
    connecting = deps.connections.list_by_users(users, now)
    if event.type == CONNECTIONS_ENDED:
        await deps.drop((await connecting).ended)
        return
    connected, appended = await together(
        connecting, together(*(deps.streams.append(user_id, event, now) for user_id in users))
    )
    frames: dict[str, bytes] = {}
    for user_id, added in zip(users, appended, strict=True):
        if added is not None:
            epoch, item = added
            (frames[user_id],) = event_frames(epoch, [item])
    await _send_to(deps, connected, frames)


async def send_to_user(deps: SocketDeps, user_id: str, frame: bytes) -> None:
    """Send a frame to all sockets of a person at once; forget those that are gone, or whose sign-in has ended."""
    connected = await deps.connections.list_by_users([user_id], deps.clock.now())
    await _send_to(deps, connected, {user_id: frame})


async def _send_to(deps: SocketDeps, connected: Connected, frames: Mapping[str, bytes]) -> None:
    """Send people's frames to their live sockets, and drop the others.

    Who is named first gets it first: of a message not the one who wrote it.
    """
    live = [(each.id, frame) for user_id, frame in frames.items() for each in connected.live if each.user_id == user_id]
    await together(_post(deps, live), deps.drop(connected.ended))


async def _post(deps: SocketDeps, frames: Sequence[tuple[str, bytes]]) -> None:
    outcomes = await asyncio.gather(*(deps.sockets.post(connection_id, frame) for connection_id, frame in frames))
    gone = [each for (each, _), outcome in zip(frames, outcomes, strict=True) if outcome is PostOutcome.GONE]
    if gone:
        await deps.connections.delete(gone)
