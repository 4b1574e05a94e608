"""A person's stream: a ring of the last events, numbered without a gap, and what somebody who was away has missed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import Field, PlainSerializer

from common.domain.shared.events import Event
from common.domain.shared.instants import format_instant
from common.domain.shared.model import Model
from common.domain.shared.realtime import StreamKind

#: Events that a stream keeps; who has missed more loads anew.
RING_SIZE = 100
#: A stream is written for this long after its person last asked for a ticket.
STREAM_LIFETIME = timedelta(days=7)


class StreamEvent(Model):
    """One event of a stream.

    Attributes:
        id: the event's own, the same in the streams of all who see it.
        seq: its number in this stream.
        kind: what it is about.
        type: what happened.
        ids: what to fetch.
        version: which state of that it made.
        preview: the first words, for people.
        at: when it happened.
    """

    id: str
    seq: int
    kind: StreamKind
    type: str
    ids: dict[str, str] = Field(default_factory=dict)
    version: int | None = None
    preview: str = ""
    at: Annotated[datetime, PlainSerializer(format_instant, when_used="json")]


class Stream(Model):
    """A person's stream.

    ``epoch`` names its life: a stream that was given up and begun anew counts from one again under another name.
    """

    id: str
    epoch: str
    seq: int = 0
    events: list[StreamEvent] = Field(default_factory=list)
    expires_at: datetime


@dataclass(frozen=True)
class Replay:
    """What a client gets that says how far it has seen.

    Args:
        epoch: the stream's; empty where there is none.
        seq: the number of its last event.
        events: what the client has missed, in order.
        must_resync: whether more was missed than is kept: the client loads anew what it shows.
    """

    epoch: str
    seq: int
    events: Sequence[StreamEvent] = ()
    must_resync: bool = False


def replay(stream: Stream | None, epoch: str | None, after_seq: int) -> Replay:
    """What somebody has missed who has seen everything up to a number.

    Args:
        stream: the person's, if there is one.
        epoch: the life of the stream that the number is of; ``None`` for a client that begins, which loads everything
            and misses nothing.
        after_seq: the number of the last event seen.
    """
    if stream is None:
        return Replay("", 0, must_resync=epoch is not None)
    position = Replay(stream.epoch, stream.seq)
    if epoch is None:
        return position
    oldest = stream.events[0].seq if stream.events else stream.seq + 1
    if epoch != stream.epoch or not oldest - 1 <= after_seq <= stream.seq:
        return Replay(stream.epoch, stream.seq, must_resync=True)
    return Replay(stream.epoch, stream.seq, [each for each in stream.events if each.seq > after_seq])


def recipients(event: Event) -> Sequence[str]:
    """The accounts whose streams an event of the topic ``realtime`` goes to."""
    return [str(each) for each in event.payload["user_ids"]]


def numbered(event: Event, seq: int) -> StreamEvent:
    """An event of the topic ``realtime`` as it stands in a stream.

    Raises:
        ValueError: it is none.
    """
    payload = event.payload
    return StreamEvent(
        id=event.id,
        seq=seq,
        kind=payload["kind"],
        type=event.type,
        ids=payload["ids"],
        version=payload.get("version"),
        preview=payload.get("preview", ""),
        at=event.created_at,
    )
