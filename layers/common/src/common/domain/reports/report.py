"""A report of something broken in a public place, and what changes when something happens to it."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import Field

from common.domain.media.photos import Photo
from common.domain.reports.categories import ReportCategory
from common.domain.shared.events import Event
from common.domain.shared.model import Model

#: Kinds of ids.
REPORT_PREFIX = "rpt"
#: How ``attached_to`` of a photograph begins that belongs to a report.
OF_REPORT = "report:"
MAX_TITLE = 200
MAX_DESCRIPTION = 5_000
MAX_PHOTOS = 5


class ReportStatus(StrEnum):
    """Where a report stands."""

    PENDING_VERIFICATION = "pending_verification"
    NEEDS_REVIEW = "needs_review"
    REJECTED = "rejected"
    VERIFIED = "verified"
    ACKNOWLEDGED = "acknowledged"
    IN_PROGRESS = "in_progress"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    DUPLICATE = "duplicate"
    HIDDEN = "hidden"
    WITHDRAWN = "withdrawn"


#: Everybody sees these.
PUBLIC = frozenset(
    {
        ReportStatus.VERIFIED,
        ReportStatus.ACKNOWLEDGED,
        ReportStatus.IN_PROGRESS,
        ReportStatus.RESOLVED,
        ReportStatus.REOPENED,
        ReportStatus.DUPLICATE,
    }
)
#: The problem is known and has not been mended.
UNSOLVED = frozenset(
    {ReportStatus.VERIFIED, ReportStatus.ACKNOWLEDGED, ReportStatus.IN_PROGRESS, ReportStatus.REOPENED}
)


class ActorKind(StrEnum):
    """In which part somebody acts on a report."""

    AUTHOR = "author"
    FOLLOWER = "follower"
    MODERATOR = "moderator"
    PROVIDER = "provider"
    SYSTEM = "system"


class Actor(Model):
    """Who acts; an author without an account has no id."""

    kind: ActorKind
    id: str | None = None


class ReportPlace(Model):
    """Where the problem is, in degrees (WGS 84), and how its author describes the place."""

    lat: float
    lng: float
    address: str = ""


class Verdict(Model):
    """What a verifier makes of a report.

    ``severity`` is 1 (a blemish) to 5 (danger to life), ``confidence`` 0 to 1; ``reasons`` are sentences for the author
    and for moderators. ``unsafe`` is for pictures or words that nobody should be shown.
    """

    is_civic: bool
    category: ReportCategory
    severity: int = Field(ge=1, le=5)
    confidence: float = Field(ge=0, le=1)
    reasons: list[str] = Field(default_factory=list)
    unsafe: bool = False
    verifier: str = ""


class Verification(Model):
    """How far the verification has come.

    ``since`` is when it was first asked for, for the present text and photographs; ``next_try_at`` when it is asked for
    again, because a message was lost or the verifier is unavailable.
    """

    since: datetime
    next_try_at: datetime | None = None
    verdict: Verdict | None = None


class Closing(Model):
    """Why a report was closed, and who is responsible for what it tells of."""

    reason: str
    responsible: str
    by: ActorKind
    at: datetime


class Report(Model):
    """One report.

    ``author_id`` is an account; without one, ``secret_hash`` is the digest of the token that opens it for its author.
    ``author_name`` is there where the author wants to be named. ``similar_ids`` are reports whose photographs look the
    same: a suggestion. ``verified_at`` is when its present text and photographs were let through. Counts are of votes,
    of those from verified accounts, of followers and of comments; no version stands for them.
    """

    id: str
    version: int = 1
    status: ReportStatus
    is_public: bool = False
    author_id: str | None = None
    author_name: str | None = None
    secret_hash: str | None = None
    title: str
    description: str = ""
    category: ReportCategory
    place: ReportPlace
    geohash: str
    photos: list[Photo] = Field(default_factory=list)
    verification: Verification
    severity: int | None = None
    similar_ids: list[str] = Field(default_factory=list)
    duplicate_of: str | None = None
    closing: Closing | None = None
    job_request_id: str | None = None
    upvote_count: int = 0
    verified_upvote_count: int = 0
    follower_count: int = 0
    comment_count: int = 0
    status_since: datetime
    verified_at: datetime | None = None
    asked_if_fixed_at: datetime | None = None
    next_due_at: datetime | None = None
    next_due_action: str | None = None
    created_at: datetime
    updated_at: datetime

    @property
    def media_ids(self) -> list[str]:
        """The photographs, in their order."""
        return [photo.media_id for photo in self.photos]

    @property
    def target(self) -> str:
        """What its photographs say that they belong to."""
        return f"{OF_REPORT}{self.id}"

    def is_by(self, user_id: str | None) -> bool:
        """Whether an account is the author."""
        return user_id is not None and user_id == self.author_id


#: What is counted beside the versions, and never written by a change.
COUNTS = frozenset({"upvote_count", "verified_upvote_count", "follower_count", "comment_count"})


class TimelineEntry(Model):
    """One row of a report's history, which only grows; ``changed`` has old and new values of what is told.

    Of the actor it keeps the account of staff and providers alone.
    """

    id: str
    report_id: str
    version: int
    action: str
    actor: Actor
    from_status: ReportStatus | None
    to_status: ReportStatus
    note: str
    changed: dict[str, Any] = Field(default_factory=dict)
    at: datetime


class ReportChange(Model):
    """All that one decision writes, committed together.

    ``expected_version`` is ``None`` for a new report; there is no ``entry`` where nobody would care to read of it.
    """

    expected_version: int | None
    report: Report
    entry: TimelineEntry | None
    events: list[Event] = Field(default_factory=list)
