"""Who takes part in a conversation; to everybody else, staff included, it does not exist."""

from common.application.messaging.deps import MessagingDeps
from common.domain.bookings.booking import ActorKind
from common.domain.identity.roles import Principal
from common.domain.messaging.conversations import Conversation, Subject, new_conversation
from common.domain.shared.errors import NotFound


def no_conversation() -> NotFound:
    """Also of one that others have: even its existence is private."""
    return NotFound("There is no such conversation.")


def require_party(subject: Subject | None, caller: Principal) -> tuple[Subject, ActorKind]:
    """What a conversation is about and the caller's side in it.

    Raises:
        NotFound: there is nothing, or the caller is no party of it.
    """
    if subject is not None and (side := subject.side_of(caller.user_id)):
        return subject, side
    raise no_conversation()


async def require_side(
    deps: MessagingDeps, caller: Principal, conversation_id: str, found: Conversation | None
) -> tuple[Conversation, ActorKind]:
    """A conversation, as it would be where it has not begun, and the caller's side in it.

    Args:
        deps: ports.
        caller: who asks.
        conversation_id: for which.
        found: it as it is stored; ``None`` before its first message.

    Raises:
        NotFound: the caller takes no part in such a conversation.
    """
    if found is None:
        subject, side = require_party(await deps.subjects.get(conversation_id), caller)
        return new_conversation(subject, deps.clock.now()), side
    found_side = found.side_of(caller.user_id)
    if found_side is None:
        raise no_conversation()
    return found, found_side
