"""Notifying somebody who is away of messages they have not read: once, not for each."""

from collections.abc import Mapping
from typing import Any

from common.application.notifications.deps import DeliveryDeps
from common.application.notifications.dispatch import Message, dispatch
from common.domain.bookings.booking import ActorKind, other_party
from common.domain.bookings.disclosure import given_name
from common.domain.identity.users import User
from common.domain.messaging.conversations import NOTICE_AFTER, Conversation, Subject
from common.domain.messaging.messages import Message as Sent
from common.domain.messaging.unread import unread_check
from common.domain.shared.errors import Unavailable
from common.domain.shared.events import Event
from common.domain.shared.notification_kinds import Kind

#: The mail's template.
TEMPLATE = "message_unread"
#: Messages that may come in while somebody looks.
_TRIES = 5


async def check_unread(deps: DeliveryDeps, event: Event) -> None:
    """Look whether a side has read what it got by now, and notify it if not.

    Nothing is sent of what was read meanwhile. What is still too new is looked at again when it is not. Who was
    notified hears of newer messages after a quiet period at the soonest, unless they have read in between. Safe to
    repeat: an event whose turn is over does nothing, and each event notifies once.

    Args:
        deps: ports.
        event: ``message.unread`` with ``conversation_id`` and ``reader``; ``not_before`` is its turn.

    Raises:
        Unavailable: the mail service or the database is unavailable, or more messages come in than can be looked at;
            deliver the event again.
    """
    conversation_id, reader = str(event.payload["conversation_id"]), ActorKind(event.payload["reader"])
    turn = event.not_before
    for _ in range(_TRIES):
        found = await deps.conversations.get(conversation_id)
        if found is None or turn is None or found.notice_at(reader) != turn:
            return
        seen, sender = found.read_by(reader).seq, other_party(reader)
        first = await deps.messages.first_after(conversation_id, seen, sender) if found.unread_by(reader) else None
        if first is not None and first.created_at + NOTICE_AFTER <= deps.clock.now():
            await _notify(deps, event, found, reader, first)
            await deps.conversations.note_told(conversation_id, reader, turn, deps.clock.now())
            return
        again = None
        if first is not None:
            again = first.created_at + NOTICE_AFTER
            await deps.outbox.insert([unread_check(conversation_id, event.booking_id, reader, again, deps.clock.now())])
        if await deps.conversations.end_notice(conversation_id, reader, turn, last_seq=found.last_seq, again_at=again):
            return
    raise Unavailable("Messages keep coming in.", retry_after=1)


async def _notify(deps: DeliveryDeps, event: Event, found: Conversation, reader: ActorKind, first: Sent) -> None:
    subject = await deps.subjects.get(found.id)
    user = await deps.users.get(found.member(reader))
    sender = await deps.users.get(found.member(other_party(reader)))
    if subject is None or user is None:
        return
    data = _data(deps, subject, found, reader, sender, first)
    await dispatch(deps, Message(event, Kind.MESSAGES, TEMPLATE, data, str(data["url"])), user, reader[0])


def _data(
    deps: DeliveryDeps, subject: Subject, found: Conversation, reader: ActorKind, sender: User | None, first: Sent
) -> Mapping[str, Any]:
    """What the template shows, as the reader may see it; messages show what both parties see."""
    customer = given_name(sender.full_name or "") if sender and sender.deleted_at is None else ""
    return {
        "name": subject.provider_name if reader is ActorKind.CUSTOMER else customer or "The customer",
        "service": subject.title,
        "text": first.preview.text,
        "count": found.unread_by(reader),
        "url": f"{deps.frontend_base_url}/{_path(subject, reader)}",
        "preferences_url": f"{deps.frontend_base_url}/account/notifications",
    }


def _path(subject: Subject, reader: ActorKind) -> str:
    """Where a reader finds what the conversation is about."""
    if subject.booking_id is not None:
        return f"bookings/{subject.booking_id}"
    is_customer = reader is ActorKind.CUSTOMER
    return f"job-requests/{subject.job_request_id}" if is_customer else f"offers/{subject.offer_id}"
