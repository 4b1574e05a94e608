"""Tickets and connections: how a person's browser comes to be told what happens, and for how long.

Bounds of API Gateway's WebSocket APIs: frames of 32 KB, messages of 128 KB, 10 minutes without one, 2 hours in all
(https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html).
"""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from common.domain.messaging.realtime.streams import StreamEvent
from common.domain.shared.model import Model

TICKET_LIFETIME = timedelta(seconds=60)
TICKETS_PER_MINUTE = 10
#: Of one person; one more takes the place of the oldest, since of those that died silently nobody is told.
MOST_CONNECTIONS = 5
#: Two hours, which is as long as API Gateway holds a connection, and some for clocks that disagree.
CONNECTION_LIFETIME = timedelta(hours=2, minutes=5)
#: Somebody is said to write at most once in this time.
TYPING_PAUSE = timedelta(seconds=3)
#: Whose numbers a client may ask for at once: more than it shows.
MOST_CONVERSATIONS = 20
MAX_FRAME_BYTES = 32 * 1024
MAX_PAYLOAD_BYTES = 128 * 1024


class Ticket(Model):
    """What opens one connection once; ``id`` is the digest of the secret."""

    id: str
    user_id: str
    session_id: str
    expires_at: datetime


class Connection(Model):
    """One open socket of a sign-in."""

    id: str
    user_id: str
    session_id: str
    connected_at: datetime
    expires_at: datetime


def event_frames(epoch: str, events: Sequence[StreamEvent]) -> Iterator[bytes]:
    """The frames that bring events to a client, in order, none longer than a message may be."""
    head, tail = f'{{"type":"events","epoch":{json.dumps(epoch)},"events":['.encode(), b"]}"
    parts: list[bytes] = []
    size = len(head) + len(tail)
    for each in events:
        part = each.model_dump_json().encode()
        if parts and size + len(part) + 1 > MAX_PAYLOAD_BYTES:
            yield head + b",".join(parts) + tail
            parts, size = [], len(head) + len(tail)
        parts.append(part)
        size += len(part) + 1
    if parts:
        yield head + b",".join(parts) + tail
