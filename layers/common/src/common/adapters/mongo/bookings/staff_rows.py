"""What operators do to bookings, in the audit log too: written in the transaction that does it."""

from collections.abc import Sequence

from common.adapters.mongo.shared.database import Document
from common.adapters.mongo.shared.documents import to_document
from common.domain.bookings.booking import ActorKind, HistoryEntry
from common.domain.identity.security_events import SecurityEvent, SecurityEventType
from common.domain.shared.ids import new_id


def staff_rows(history: Sequence[HistoryEntry]) -> list[Document]:
    """A row of the audit log for each row of a booking's history that is an operator's."""
    return [to_document(_row(each)) for each in history if each.actor.kind is ActorKind.OPERATOR]


def _row(entry: HistoryEntry) -> SecurityEvent:
    return SecurityEvent(
        id=new_id("sev", entry.at),
        type=SecurityEventType.BOOKING_DECIDED,
        user_id=None,
        actor_id=entry.actor.id,
        details={
            "subject": entry.booking_id,
            "action": entry.action,
            "reason": entry.note,
            "before": entry.from_status.value if entry.from_status else "",
            "after": entry.to_status.value,
        },
        at=entry.at,
    )
