"""How far the parties have read, which is the same on all of their devices."""

from common.application.messaging.deps import MessagingDeps
from common.application.messaging.membership import require_side
from common.application.shared.publishing import publish_committed
from common.domain.bookings.booking import ActorKind
from common.domain.identity.roles import Principal
from common.domain.messaging.conversations import Conversation, subject_ids
from common.domain.messaging.messages import Message
from common.domain.shared.errors import InvalidInput
from common.domain.shared.events import Event
from common.domain.shared.realtime import StreamKind, stream_event


async def mark_read(
    deps: MessagingDeps, caller: Principal, conversation_id: str, seq: int | None
) -> tuple[Conversation, ActorKind]:
    """Note that the caller has read everything up to a message. A mark never moves back, whichever device is late.

    Args:
        deps: ports.
        caller: who has read.
        conversation_id: which conversation.
        seq: the number of the message; of the latest one without.

    Returns:
        The conversation as it is then, and the caller's side.

    Raises:
        NotFound: the caller takes no part in such a conversation.
        InvalidInput: there is no message of that number yet (``unknown_seq``).
    """
    found = await deps.conversations.get(conversation_id)
    known, side = await require_side(deps, caller, conversation_id, found)
    upto = known.last_seq if seq is None else seq
    if upto > known.last_seq:
        raise InvalidInput.of("seq", f"The latest message is number {known.last_seq}.", "unknown_seq")
    message = await deps.messages.get(conversation_id, upto) if upto > known.read_by(side).seq else None
    if message is None:
        return known, side
    read = message

    async def work() -> tuple[Conversation | None, list[Event]]:
        moved = await deps.conversations.mark_read(conversation_id, side, read)
        events = [_told(deps, known, side, read)] if moved else []
        await deps.outbox.insert(events)
        return moved, events

    moved, events = await deps.unit_of_work.run(work)
    await publish_committed(deps.outbox, deps.publisher, events, deps.clock)
    return moved or await deps.conversations.get(conversation_id) or known, side


def _told(deps: MessagingDeps, known: Conversation, side: ActorKind, upto: Message) -> Event:
    """That a side has read, for its other devices and for the other side."""
    return stream_event(
        StreamKind.MESSAGES,
        "conversation.read",
        deps.clock.now(),
        user_ids=known.members,
        ids={"conversation_id": known.id, **subject_ids(known.subject_id), "reader_role": side.value},
        version=upto.seq,
    )
