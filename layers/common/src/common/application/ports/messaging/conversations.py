"""Conversations and their messages."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from common.domain.bookings.booking import ActorKind
from common.domain.media.photos import Photo
from common.domain.messaging.conversations import Conversation, Subject
from common.domain.messaging.messages import Message


class AlreadySent(Exception):
    """The sender has a message under this name of theirs in the conversation."""


@dataclass(frozen=True)
class Appended:
    """What became of a message.

    Args:
        message: with its number.
        notice_at: when somebody has to look whether it was read; ``None`` where somebody will anyway.
        is_ended: whether the conversation had ended, so that the unit of work has to be given up.
    """

    message: Message
    notice_at: datetime | None
    is_ended: bool = False


class Conversations(Protocol):
    """Conversations that have begun."""

    async def get(self, conversation_id: str) -> Conversation | None:
        """One conversation by id; ``None`` before its first message."""
        ...

    async def get_many(self, conversation_ids: Collection[str]) -> Mapping[str, Conversation]:
        """Those of them that have begun, by id."""
        ...

    async def list_by_member(
        self, user_id: str, *, limit: int, after: tuple[datetime, str] | None = None
    ) -> Sequence[Conversation]:
        """Somebody's conversations, the latest message first; ``after`` is where the page before ended."""
        ...

    async def append(self, opened: Conversation, message: Message) -> Appended:
        """Give a message the next number and store it, inside the unit of work.

        Args:
            opened: the conversation as it is before its first message; stored with that.
            message: what was sent.

        Raises:
            AlreadySent: the sender has used its ``client_id`` here; the unit of work has ended.
        """
        ...

    async def mark_read(self, conversation_id: str, side: ActorKind, upto: Message) -> Conversation | None:
        """Move a side's mark up to a message, never back, inside the unit of work.

        Returns:
            The conversation as it is then; ``None`` where the mark was there already.
        """
        ...

    async def end_notice(
        self, conversation_id: str, side: ActorKind, notice_at: datetime, *, last_seq: int, again_at: datetime | None
    ) -> bool:
        """Note that somebody has looked, on condition that it was their turn and no message came meanwhile.

        Args:
            conversation_id: which.
            side: whose.
            notice_at: the turn.
            last_seq: the latest message that was known.
            again_at: when somebody has to look again.
        """
        ...

    async def note_told(self, conversation_id: str, side: ActorKind, notice_at: datetime, now: datetime) -> None:
        """Note that a side was notified, so that its quiet period begins."""
        ...


class Messages(Protocol):
    """Messages of conversations."""

    async def get(self, conversation_id: str, seq: int) -> Message | None:
        """One message by its number."""
        ...

    async def find_by_client_id(self, conversation_id: str, sender_id: str, client_id: str) -> Message | None:
        """A message by its sender's name for it."""
        ...

    async def list_after(self, conversation_id: str, seq: int, *, limit: int) -> Sequence[Message]:
        """The messages after a number, in their order."""
        ...

    async def list_before(self, conversation_id: str, seq: int, *, limit: int) -> Sequence[Message]:
        """The last messages before a number, in their order; takes part in a unit of work."""
        ...

    async def first_after(self, conversation_id: str, seq: int, sender: ActorKind) -> Message | None:
        """The first message of a side after a number."""
        ...

    async def set_hidden(self, conversation_id: str, seq: int, hidden_at: datetime | None) -> Message | None:
        """Take a message out of sight, or show it again with ``None``, also in lists; inside the unit of work.

        Returns:
            It, as it was; ``None`` where there is none such.
        """
        ...


@dataclass(frozen=True)
class Member:
    """Somebody who takes part: the full name, empty where none was given, and a picture."""

    name: str
    picture: Photo | None = None


class Members(Protocol):
    """Who takes part."""

    async def get_many(self, user_ids: Sequence[str]) -> Mapping[str, Member]:
        """People by account; who has left is not among them."""
        ...


class Subjects(Protocol):
    """What conversations are about: bookings, and offers that have become none."""

    async def get(self, conversation_id: str) -> Subject | None:
        """What one conversation is about, begun or not."""
        ...

    async def get_many(self, subject_ids: Sequence[str]) -> Mapping[str, Subject]:
        """Those that there are, by the ids that were asked for: of an offer that was booked, the booking."""
        ...
