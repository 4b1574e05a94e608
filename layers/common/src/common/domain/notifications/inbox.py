"""What people keep in their inbox of what they are notified of, and by which channels they are."""

from datetime import UTC, datetime, time, timedelta
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
    """One entry of somebody's inbox in the app, and what it is about."""

    id: str
    user_id: str
    kind: Kind
    type: str
    title: str
    body: str
    booking_id: str | None = None
    job_request_id: str | None = None
    offer_id: str | None = None
    report_id: str | None = None
    read_at: datetime | None = None
    created_at: datetime


class ReadMark(Model):
    """That somebody had read everything up to and including the entry ``until`` at an instant."""

    until: str
    at: datetime


class ReadMarks(Model):
    """What somebody has read without its being noted in each entry: the marks in order, the newest last."""

    marks: list[ReadMark] = Field(default_factory=list)

    @property
    def until(self) -> str:
        """The newest entry that is read by a mark; below every id where there is none."""
        return self.marks[-1].until if self.marks else ""

    def read_at(self, entry_id: str) -> datetime | None:
        """When an entry was read by a mark, which is by the first that reaches it; ``None`` where none does."""
        return next((mark.at for mark in self.marks if entry_id <= mark.until), None)

    def apply(self, entry: InboxEntry) -> InboxEntry:
        """The entry as its owner sees it: one that was read on its own keeps its instant."""
        return entry if entry.read_at else entry.model_copy(update={"read_at": self.read_at(entry.id)})


#: Of somebody whose entries say on their own whether they are read.
UNMARKED = ReadMarks()


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

    def end_of(self, now: datetime) -> datetime | None:
        """When the quiet hours end that cover an instant, in UTC; ``None`` where none do."""
        if not self.cover(now):
            return None
        local = now.astimezone(ZoneInfo(self.timezone))
        end = datetime.combine(local.date(), self.end, local.tzinfo)
        if end <= local:
            end = datetime.combine(local.date() + timedelta(days=1), self.end, local.tzinfo)
        return end.astimezone(UTC)


class Preferences(Model):
    """Which channels somebody has switched off, by kind; mails about the account itself cannot be."""

    user_id: str
    muted: dict[Kind, list[Channel]] = Field(default_factory=dict)
    quiet_hours: QuietHours | None = None

    def is_quiet(self, now: datetime) -> bool:
        """Whether nothing is pushed at an instant."""
        return self.quiet_hours is not None and self.quiet_hours.cover(now)

    def rests_until(self, now: datetime) -> datetime | None:
        """When the quiet hours end in which somebody is at an instant; ``None`` outside of them."""
        return None if self.quiet_hours is None else self.quiet_hours.end_of(now)

    def wants(self, kind: Kind, channel: Channel) -> bool:
        """Whether a notification of a kind may use a channel."""
        return kind is Kind.ACCOUNT or channel not in self.muted.get(kind, [])
