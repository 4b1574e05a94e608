"""Writing and reading messages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from common.application.messaging.deps import MessagingDeps
from common.application.messaging.membership import require_party, require_side
from common.application.ports.messaging.conversations import AlreadySent, Appended
from common.application.shared.publishing import publish_committed
from common.application.shared.together import together
from common.domain.bookings.booking import ActorKind, other_party
from common.domain.bookings.disclosure import is_disclosed
from common.domain.identity.roles import Principal
from common.domain.media.media import Media, Purpose
from common.domain.messaging.conversations import Standing, Subject, new_conversation, standing
from common.domain.messaging.messages import RUN_LENGTH, Message
from common.domain.messaging.unread import unread_check
from common.domain.shared.errors import Conflict, InvalidInput
from common.domain.shared.events import Event
from common.domain.shared.ids import new_id
from common.domain.shared.masking import may_go_on, shown_text
from common.domain.shared.realtime import StreamKind, stream_event

_REFUSALS = {
    Standing.NOT_YET: ("conversation_not_open", "You can write to each other once the booking is paid for."),
    Standing.READ_ONLY: ("conversation_closed", "This conversation has ended and can only be read."),
}
#: No message has this number.
_BEYOND_ALL = 2**53


@dataclass(frozen=True)
class Draft:
    """What somebody wants to send; ``client_id`` is their own name for it."""

    text: str
    media_ids: Sequence[str] = ()
    client_id: str | None = None


@dataclass(frozen=True)
class Sent:
    """A message that is stored; ``is_new`` is false where it was sent before."""

    message: Message
    is_new: bool


async def send_message(
    deps: MessagingDeps, caller: Principal, conversation_id: str, draft: Draft, subject: Subject | None
) -> Sent:
    """Send a message to the other party of a booking or an offer.

    Sent again under the same ``client_id``, it is the first one that counts, whatever has changed since.

    Args:
        deps: ports.
        caller: who sends.
        conversation_id: to which conversation; it is made with its first message.
        draft: what.
        subject: what the conversation is about, as it was just read; ``None`` where there is none.

    Raises:
        NotFound: the caller takes no part in such a conversation.
        Conflict: nothing can be written yet (``conversation_not_open``) or any more (``conversation_closed``).
        InvalidInput: there is neither text nor a photograph (``empty_message``), the ``client_id`` was used for another
            message (``client_id_reused``), or a photograph cannot be attached (as ``Attachments.attach``).
    """
    if not draft.text and not draft.media_ids:
        raise InvalidInput.of("text", "Write something, or add a photo.", "empty_message")
    subject, side = require_party(subject, caller)
    now = deps.clock.now()
    if refusal := _REFUSALS.get(standing(subject, now, deps.settings)):
        if first := await _sent_before(deps, caller, conversation_id, draft):
            return Sent(first, is_new=False)
        raise Conflict(refusal[1], code=refusal[0])
    is_open = is_disclosed(subject, now, deps.settings)

    async def work() -> tuple[Message, list[Event]]:
        before = await _shown_before(deps, side, conversation_id) if not is_open and may_go_on(draft.text) else ""
        message = _new_message(caller, side, conversation_id, draft, now, is_open=is_open, before=before)
        appended = await deps.conversations.append(new_conversation(subject, now), message)
        if appended.is_ended:
            raise Conflict("The other account was deleted.", code="conversation_closed")
        await deps.attachments.attach(
            draft.media_ids,
            owner_id=caller.user_id,
            purpose=Purpose.MESSAGE,
            target=f"message:{message.id}",
            now=now,
            field="media_ids",
        )
        events = _events(subject, appended, now)
        await deps.outbox.insert(events)
        return appended.message, events

    try:
        stored, events = await deps.unit_of_work.run(work)
    except AlreadySent:
        if first := await _sent_before(deps, caller, conversation_id, draft):
            return Sent(first, is_new=False)
        raise
    await publish_committed(deps.outbox, deps.publisher, events, deps.clock)
    return Sent(stored, is_new=True)


async def _shown_before(deps: MessagingDeps, side: ActorKind, conversation_id: str) -> str:
    """What is shown of a side's last messages, read in the transaction that stores the next one.

    Two halves of a number that are sent at once follow each other so: of two transactions that raise the conversation's
    counter the later one reads anew.
    """
    latest = await deps.messages.list_before(conversation_id, _BEYOND_ALL, limit=RUN_LENGTH)
    return "\n".join(each.text for each in latest if each.sender is side)


def _new_message(
    caller: Principal, side: ActorKind, conversation_id: str, draft: Draft, now: datetime, *, is_open: bool, before: str
) -> Message:
    message_id = new_id("msg", now)
    text, original = shown_text(draft.text, is_disclosed=is_open, before=before)
    return Message(
        id=message_id,
        conversation_id=conversation_id,
        sender_id=caller.user_id,
        sender=side,
        client_id=draft.client_id or message_id,
        text=text,
        original=original,
        media_ids=list(draft.media_ids),
        created_at=now,
    )


async def _sent_before(deps: MessagingDeps, caller: Principal, conversation_id: str, draft: Draft) -> Message | None:
    """What the caller has sent under the draft's name.

    Raises:
        InvalidInput: that is something else.
    """
    if draft.client_id is None:
        return None
    first = await deps.messages.find_by_client_id(conversation_id, caller.user_id, draft.client_id)
    if first and (first.written != draft.text or first.media_ids != list(draft.media_ids)):
        raise InvalidInput.of("client_id", "You have sent something else under this name.", "client_id_reused")
    return first


def _other_first(subject: Subject, sender: ActorKind) -> list[str]:
    """Both sides, the one first that has not seen the message."""
    both = [subject.customer_id, subject.provider_user_id]
    return both if sender is ActorKind.PROVIDER else both[::-1]


def _events(subject: Subject, appended: Appended, now: datetime) -> list[Event]:
    """What is told of a message: to both sides' streams now, and to who looks later whether it was read."""
    message = appended.message
    ids = {"conversation_id": message.conversation_id, "message_id": message.id, **subject.ids}
    events = [
        stream_event(
            StreamKind.MESSAGES,
            "message.sent",
            now,
            user_ids=_other_first(subject, message.sender),
            ids=ids,
            version=message.seq,
            preview=message.text,
        )
    ]
    if appended.notice_at is not None:
        events.append(
            unread_check(
                message.conversation_id, subject.booking_id, other_party(message.sender), appended.notice_at, now
            )
        )
    return events


@dataclass(frozen=True)
class MessagePage:
    """Messages in their order, the photographs among them, and how far the conversation has come."""

    messages: Sequence[Message]
    media: Mapping[str, Media]
    last_seq: int


async def list_messages(
    deps: MessagingDeps, caller: Principal, conversation_id: str, *, seq: int, is_backwards: bool, limit: int
) -> MessagePage:
    """Messages after a number, or the last before it, in their order.

    Raises:
        NotFound: the caller takes no part in such a conversation.
    """
    find = deps.messages.list_before if is_backwards else deps.messages.list_after
    found, messages = await together(deps.conversations.get(conversation_id), find(conversation_id, seq, limit=limit))
    found, _ = await require_side(deps, caller, conversation_id, found)
    media = await deps.attachments.find_many([each for message in messages for each in message.media_ids])
    return MessagePage(messages, media, max([found.last_seq, *(each.seq for each in messages)]))
