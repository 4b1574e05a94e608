"""What people keep in their inbox of what they are notified of, and by which channels they are."""

from datetime import datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

from pydantic import Field

from common.domain.shared.model import Model
from common.domain.shared.notification_kinds import Kind


class Channel(StrEnum):
    """How a notification reaches somebody."""

    EMAIL = "email"
    PUSH = "push"


class InboxEntry(Model):
    """One entry of somebody's inbox in the app."""

    id: str
    user_id: str
    kind: Kind
    type: str
    title: str
    body: str
    booking_id: str | None = None
    read_at: datetime | None = None
    created_at: datetime


class QuietHours(Model):
    """Wall-clock times of a zone between which nothing is pushed; may span midnight."""

    start: time
    end: time
    timezone: str

    def cover(self, now: datetime) -> bool:
        """Whether an instant lies within them, on the zone's clock; equal times cover nothing."""
        clock = now.astimezone(ZoneInfo(self.timezone)).time()
        if self.start <= self.end:
            return self.start <= clock < self.end
        return clock >= self.start or clock < self.end


class Preferences(Model):
    """Which channels somebody has switched off, by kind; mails about the account itself cannot be."""

    user_id: str
    muted: dict[Kind, list[Channel]] = Field(default_factory=dict)
    quiet_hours: QuietHours | None = None

    def is_quiet(self, now: datetime) -> bool:
        """Whether nothing is pushed at an instant."""
        return self.quiet_hours is not None and self.quiet_hours.cover(now)

    def wants(self, kind: Kind, channel: Channel) -> bool:
        """Whether a notification of a kind may use a channel."""
        return kind is Kind.ACCOUNT or channel not in self.muted.get(kind, [])
