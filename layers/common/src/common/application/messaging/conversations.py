"""Reading conversations; to anyone who takes no part in one it does not exist."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from common.application.messaging.deps import MessagingDeps
from common.application.messaging.membership import require_party
from common.application.ports.messaging.conversations import Member
from common.application.shared.together import together
from common.domain.bookings.booking import ActorKind, other_party
from common.domain.bookings.disclosure import given_name, is_disclosed
from common.domain.identity.roles import Principal
from common.domain.media.photos import Photo
from common.domain.messaging.conversations import (
    Conversation,
    Standing,
    Subject,
    closes_at,
    new_conversation,
    standing,
)


@dataclass(frozen=True)
class VisibleConversation:
    """A conversation as one of its parties sees it.

    Args:
        conversation: as stored.
        side: the caller's.
        subject: what it is about.
        other_name: what the other party is called; ``None`` for an account that was deleted.
        other_picture: the other party's, where the two may know each other.
        standing: whether one can write.
        closes_at: when that ends, where that is known.
    """

    conversation: Conversation
    side: ActorKind
    subject: Subject
    other_name: str | None
    other_picture: Photo | None
    standing: Standing
    closes_at: datetime | None


async def get_conversation(deps: MessagingDeps, caller: Principal, conversation_id: str) -> VisibleConversation:
    """One conversation; before its first message it is there and empty.

    Raises:
        NotFound: the caller takes no part in such a conversation.
    """
    found, subject = await together(deps.conversations.get(conversation_id), deps.subjects.get(conversation_id))
    subject, side = require_party(subject, caller)
    now = deps.clock.now()
    conversation = found or new_conversation(subject, now)
    other = conversation.member(other_party(side))
    members = await deps.members.get_many([other])
    return _visible(deps, conversation, side, subject, members.get(other), now)


async def list_conversations(
    deps: MessagingDeps, caller: Principal, *, limit: int, after: tuple[datetime, str] | None
) -> Sequence[VisibleConversation]:
    """The caller's conversations, the latest message first."""
    found = await deps.conversations.list_by_member(caller.user_id, limit=limit, after=after)
    if not found:
        return []
    others = {member for each in found for member in each.members} - {caller.user_id}
    subjects, members = await together(
        deps.subjects.get_many([each.subject_id for each in found]), deps.members.get_many(sorted(others))
    )
    now = deps.clock.now()
    return [
        _visible(deps, each, side, subject, members.get(each.member(other_party(side))), now)
        for each in found
        if (side := each.side_of(caller.user_id)) and (subject := subjects.get(each.subject_id))
    ]


def _visible(
    deps: MessagingDeps, found: Conversation, side: ActorKind, subject: Subject, other: Member | None, now: datetime
) -> VisibleConversation:
    return VisibleConversation(
        conversation=found,
        side=side,
        subject=subject,
        other_name=_other_name(subject, side, other),
        other_picture=other.picture if other and is_disclosed(subject, now, deps.settings) else None,
        standing=Standing.READ_ONLY if found.is_ended else standing(subject, now, deps.settings),
        closes_at=closes_at(subject, deps.settings),
    )


def _other_name(subject: Subject, side: ActorKind, other: Member | None) -> str | None:
    """The provider's trading name, or the customer's given one, which says whom one deals with and not who that is."""
    if other is None:
        return None
    return subject.provider_name if side is ActorKind.CUSTOMER else given_name(other.name)
