"""Outgoing events: what commits together with a change and is published after it (transactional outbox)."""

from datetime import datetime
from typing import Any

from pydantic import Field

from common.domain.shared.ids import new_id
from common.domain.shared.model import Model
from common.domain.shared.topics import Topic

__all__ = ["Event", "Topic", "new_event"]


class Event(Model):
    """One outbox row and, unchanged, the body of its queue message.

    ``type`` is dotted and in the past tense (``booking.accepted``) for facts, or an intention for a worker
    (``payment.operation_requested``). ``payload`` holds identifiers and snapshots, never a secret or a card.
    Consumers are idempotent by ``id``. ``not_before`` asks for a later delivery, up to the 15 minutes that SQS can
    delay a message; what is due later than that is left to the sweep of the outbox.
    """

    id: str
    topic: Topic
    type: str
    payload: dict[str, Any] = Field(default_factory=dict)
    booking_id: str | None = None
    created_at: datetime
    not_before: datetime | None = None


def new_event(topic: Topic, type_: str, now: datetime, *, booking_id: str | None = None, **payload: Any) -> Event:
    """An event made now, with a fresh ``evt_…`` id."""
    return Event(id=new_id("evt", now), topic=topic, type=type_, payload=payload, booking_id=booking_id, created_at=now)
