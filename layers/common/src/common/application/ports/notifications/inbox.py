"""The inbox in the app, and what people want to be told how."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from common.domain.notifications.inbox import UNMARKED, Channel, InboxEntry, Preferences, ReadMarks
from common.domain.shared.model import Model
from common.domain.shared.notification_kinds import Kind


class PushSubscription(Model):
    """Where a browser takes Web Push messages (RFC 8030), with the keys that encrypt them (RFC 8291).

    It ends with the sign-in that it was made in; one of an earlier release names none.
    """

    id: str
    user_id: str
    session_id: str = ""
    endpoint: str
    p256dh: str
    auth: str
    created_at: datetime
    renewed_at: datetime | None = None


class Notifications(Protocol):
    """Inboxes."""

    async def insert(self, notification: InboxEntry) -> None:
        """Store an entry; storing it again changes nothing."""
        ...

    async def get_marks(self, user_id: str) -> ReadMarks:
        """Up to where somebody has read everything."""
        ...

    async def list_by_user(
        self, user_id: str, *, unread_only: bool, limit: int, before: str | None, marks: ReadMarks = UNMARKED
    ) -> Sequence[InboxEntry]:
        """Somebody's entries, newest first; ``before`` is the id of the last one seen, ``marks`` what is read."""
        ...

    async def count_unread(self, user_id: str, *, most: int, marks: ReadMarks = UNMARKED) -> int:
        """How many entries somebody has not read, counted at most to ``most``."""
        ...

    async def mark_read(
        self, user_id: str, notification_id: str, now: datetime, *, marks: ReadMarks = UNMARKED
    ) -> InboxEntry | None:
        """Mark one entry as read; ``None`` if it is not theirs. The first reading counts."""
        ...

    async def mark_all_read(self, user_id: str, now: datetime, *, most: int, marks: ReadMarks = UNMARKED) -> int:
        """Mark every entry as read: the newest one by one, all that are older by one mark.

        Args:
            user_id: whose.
            now: when they were read.
            most: how many are marked one by one.
            marks: what is read already.

        Returns:
            How many were unread, counted at most to ``most``.
        """
        ...

    async def delete(self, user_id: str, notification_id: str) -> bool:
        """Remove one entry; ``False`` if it is not theirs."""
        ...


class PreferenceStore(Protocol):
    """What people want to be told how."""

    async def get(self, user_id: str) -> Preferences:
        """Somebody's preferences; the defaults where they have set none."""
        ...

    async def get_many(self, user_ids: Sequence[str]) -> Mapping[str, Preferences]:
        """Preferences of those of these people who have set any, by account."""
        ...

    async def save(self, preferences: Preferences) -> None:
        """Replace somebody's preferences."""
        ...

    async def mute(self, user_id: str, kind: Kind, channel: Channel) -> None:
        """Switch one channel of one kind off, whatever else is being changed; again, nothing."""
        ...


class PushSubscriptions(Protocol):
    """Browsers that take push messages."""

    async def save(self, subscription: PushSubscription) -> PushSubscription:
        """Store a subscription, or renew the one of the same endpoint; returns it as stored."""
        ...

    async def delete(self, user_id: str, endpoint: str) -> bool:
        """Remove a subscription by its endpoint; ``False`` if it is not theirs."""
        ...

    async def list_by_user(self, user_id: str) -> Sequence[PushSubscription]:
        """Somebody's subscriptions."""
        ...
