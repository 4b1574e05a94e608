"""What people see happen while they look: the events of their streams, as any context emits them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from common.domain.shared.events import Event, new_event
from common.domain.shared.ids import new_id
from common.domain.shared.topics import Topic

#: That sign-ins of an account have ended.
CONNECTIONS_ENDED = "connections.ended"
#: A stream's event tells what to fetch, and at most this much of it.
MAX_PREVIEW = 140


class StreamKind(StrEnum):
    """What an event of a stream is about."""

    BOOKINGS = "bookings"
    PAYMENTS = "payments"
    OFFERS = "offers"
    MESSAGES = "messages"
    REPORTS = "reports"
    NOTICES = "notices"


def stream_event(
    kind: StreamKind,
    type_: str,
    now: datetime,
    *,
    user_ids: Sequence[str],
    ids: Mapping[str, str],
    version: int | None = None,
    preview: str = "",
    event_id: str | None = None,
) -> Event:
    """An event for the streams of some people, to be stored in the outbox or published.

    Args:
        kind: what it is about.
        type_: dotted and in the past tense, such as ``message.sent``.
        now: when it happened.
        user_ids: the people who see it.
        ids: what to fetch, such as ``{"booking_id": "bkg_…"}``.
        version: which state of that it made, where that is counted: a booking's version, a message's number.
        preview: the first words for people, cut to 140 characters.
        event_id: the id, where the event follows from another one and must follow from it once.
    """
    payload = {
        "kind": kind.value,
        "user_ids": list(dict.fromkeys(user_ids)),
        "ids": dict(ids),
        "version": version,
        "preview": cut(preview),
    }
    return Event(
        id=event_id or new_id("evt", now),
        topic=Topic.REALTIME,
        type=type_,
        payload=payload,
        booking_id=ids.get("booking_id"),
        created_at=now,
    )


def cut(text: str) -> str:
    """A text as a preview: one line of at most 140 characters."""
    line = " ".join(text.split())
    return line if len(line) <= MAX_PREVIEW else line[: MAX_PREVIEW - 1].rstrip() + "…"


def connections_ended(user_id: str, now: datetime) -> Event:
    """That sign-ins of an account have ended, so that sockets that belong to them are closed."""
    return new_event(Topic.REALTIME, CONNECTIONS_ENDED, now, user_ids=[user_id])
