"""Looking later whether somebody has read what they got."""

from datetime import datetime

from common.domain.bookings.booking import ActorKind
from common.domain.shared.events import Event, Topic, new_event

#: That a side may have left messages unread: looked at when it is due, and told where it is so.
UNREAD = "message.unread"


def unread_check(conversation_id: str, booking_id: str | None, reader: ActorKind, at: datetime, now: datetime) -> Event:
    """Let somebody look at an instant whether a side has read what it got."""
    payload = {"conversation_id": conversation_id, "reader": reader.value}
    event = new_event(Topic.NOTIFICATIONS, UNREAD, now, booking_id=booking_id, **payload)
    return event.model_copy(update={"not_before": at})
