"""Tickets for a socket, and the events of one's stream over HTTP.

A ticket is answered with 200 and honours no idempotency key: answers are kept for a day, and it is a secret that nobody
reads back; who lost one asks for another.
"""

from typing import Annotated

from common.application.messaging.realtime.tickets import issue_ticket, replay_stream
from common.domain.messaging.realtime.connections import TICKETS_PER_MINUTE
from common.domain.shared.realtime import StreamKind
from common.runtime.http import CurrentUser
from common.runtime.http.rate_limits import rate_limit
from common.runtime.http.schemas import Instant, ResponseModel
from fastapi import APIRouter, Depends, Query

from functions.messaging.container import ContainerDep
from functions.messaging.fields import MAX_SEQ

router = APIRouter(prefix="/v1/realtime", tags=["realtime"])


class TicketView(ResponseModel):
    """What opens one socket, once: connect to `url` with `?ticket=` before it expires."""

    ticket: str
    url: str
    expires_at: Instant


class StreamEventView(ResponseModel):
    """One thing that happened; `ids` say what to fetch."""

    id: str
    seq: int
    kind: StreamKind
    type: str
    ids: dict[str, str]
    version: int | None
    preview: str
    at: Instant


class StreamView(ResponseModel):
    """What was missed, in order, and where the stream stands; with `resync` more was missed than is kept."""

    epoch: str
    seq: int
    resync: bool
    events: list[StreamEventView]


@router.post(
    "/tickets",
    dependencies=[Depends(rate_limit("ticket", limit=TICKETS_PER_MINUTE, per_seconds=60, by="user"))],
)
async def post_ticket(container: ContainerDep, caller: CurrentUser) -> TicketView:
    """A ticket for one socket: it lives a minute, works once, and belongs to this sign-in."""
    ticket, expires_at = await issue_ticket(container.stream_access, caller)
    return TicketView(ticket=ticket, url=container.stream_access.url, expires_at=expires_at)


@router.get("/events")
async def list_events(
    container: ContainerDep,
    caller: CurrentUser,
    epoch: Annotated[str | None, Query(max_length=64)] = None,
    after_seq: Annotated[int, Query(ge=0, le=MAX_SEQ)] = 0,
) -> StreamView:
    """What the caller has missed since a number, as the socket would bring it; without `epoch` where the stream stands.

    With `resync` the client loads anew what it shows. A stream is kept for a week after the last ticket.
    """
    found = await replay_stream(container.stream_access, caller.user_id, epoch, after_seq)
    return StreamView(
        epoch=found.epoch,
        seq=found.seq,
        resync=found.must_resync,
        events=[StreamEventView.model_validate(each) for each in found.events],
    )
