"""What moderators are asked to look at: one queue over all that people write and show, and over people."""

from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import Field

from common.domain.bookings.booking import ActorKind
from common.domain.messaging.messages import Message
from common.domain.shared.model import Model

#: Messages before and after a reported one that moderators see with it.
NEIGHBOURS = 5
#: Characters of what the reporter says besides.
MAX_NOTE = 1_000
#: Characters of the reason of a decision, and of an appeal.
MAX_REASON, MAX_APPEAL = 1_000, 2_000
#: How long what a moderator has taken is theirs: long enough to read it, short enough for who went home.
LEASE = timedelta(minutes=5)
#: How long an author may appeal.
APPEAL_WINDOW = timedelta(days=30)
#: Items that are decided in one request at most.
MOST_AT_ONCE = 50
#: Who reports what no person has.
SYSTEM_REPORTER = "system"
#: The kind of an item's id.
ITEM_PREFIX = "mod"


class ReportReason(StrEnum):
    """What is wrong with something."""

    ABUSE = "abuse"
    SPAM = "spam"
    SCAM = "scam"
    OFF_PLATFORM = "off_platform"
    OTHER = "other"


class ItemKind(StrEnum):
    """What a moderator has to look at."""

    MESSAGE = "message"
    REPORT = "report"
    COMMENT = "comment"
    RATING = "rating"
    MEDIA = "media"
    BAN = "ban"


class ItemState(StrEnum):
    """Whether a moderator has decided; an appeal waits for a moderator who has not."""

    OPEN = "open"
    APPEALED = "appealed"
    DECIDED = "decided"


#: Somebody has to decide.
WAITING = (ItemState.OPEN, ItemState.APPEALED)


class Outcome(StrEnum):
    """What a moderator decides.

    ``keep`` leaves the thing as it is, and publishes what waited for it; ``hide`` takes it out of sight, ``restore``
    shows it again or lifts a ban, ``remove`` is for good; ``warn`` tells the author alone; ``ban`` stops an account
    until another decision; ``uphold`` leaves a decision as it is that was appealed against.
    """

    KEEP = "keep"
    HIDE = "hide"
    RESTORE = "restore"
    REMOVE = "remove"
    WARN = "warn"
    BAN = "ban"
    UPHOLD = "uphold"


#: The author is told of these, and may appeal.
ADVERSE = frozenset({Outcome.HIDE, Outcome.REMOVE, Outcome.WARN, Outcome.BAN})


class SeenMessage(Model):
    """A message as moderators see it: what was written, with what was hidden of it."""

    id: str
    seq: int
    sender: ActorKind
    text: str
    media_ids: list[str]
    created_at: datetime


class Decision(Model):
    """What a moderator decided, and what became of the thing by it.

    ``item_id`` is the item that was decided on: what others had reported of the same thing ends with it.
    """

    item_id: str
    outcome: Outcome
    reason: str
    by: str
    at: datetime
    before: str = ""
    after: str = ""


class Appeal(Model):
    """What the author says against a decision."""

    text: str
    at: datetime


class ModerationItem(Model):
    """One thing that somebody has reported; each is reported once by each reporter.

    ``subject`` names it, and ``parent`` what it belongs to: the report of a comment, the booking of a rating, what
    shows a photograph. ``messages`` are a reported message and its neighbours, ``excerpt`` what else was written, as
    they were then. Of a message ``subject`` is the conversation and ``seq`` its number; of a report of a public place
    ``seq`` is the version that is to be looked at. ``reporter_id`` is ``system`` where no person has reported it, and
    ``reported_id`` is empty where the author has no account. A proposed ban is an item of its own, whose reporter
    proposes it. ``appeal_hash`` is the digest of the token by which who cannot sign in any more may appeal.
    """

    id: str
    kind: ItemKind
    subject: str
    parent: str = ""
    seq: int
    reporter_id: str
    reported_id: str
    reason: ReportReason
    note: str = ""
    excerpt: str = ""
    messages: list[SeenMessage] = Field(default_factory=list)
    state: ItemState = ItemState.OPEN
    claimed_by: str | None = None
    claimed_until: datetime | None = None
    decisions: list[Decision] = Field(default_factory=list)
    appeal: Appeal | None = None
    appeal_hash: str | None = None
    created_at: datetime

    @property
    def decision(self) -> Decision | None:
        """The decision that stands; ``None`` before the first, and where the thing was decided on in another way."""
        standing = [each for each in self.decisions if each.outcome is not Outcome.UPHOLD]
        return standing[-1] if standing else None

    @property
    def deciders(self) -> set[str]:
        """Who has decided on it so far."""
        return {each.by for each in self.decisions}

    def is_held_by_another(self, staff_id: str, now: datetime) -> bool:
        """Whether another moderator has taken it and still has it."""
        if self.claimed_by in {None, staff_id} or self.claimed_until is None:
            return False
        return now < self.claimed_until


def as_seen(message: Message) -> SeenMessage:
    """A message as moderators see it."""
    return SeenMessage.model_validate({**message.model_dump(), "text": message.written})
