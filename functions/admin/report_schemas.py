"""Reports of what is broken, as moderators see them."""

from typing import Annotated, Literal, Self

from common.application.ports.media.attachments import MediaUrls
from common.domain.reports.categories import ReportCategory
from common.domain.reports.report import MAX_TITLE, ActorKind, Report, ReportStatus
from common.domain.shared.texts import PROSE, TITLE
from common.runtime.http.schemas import Instant, RequestModel, ResponseModel
from pydantic import Field

_MAX_REASON = 2_000

Reason = Annotated[str, Field(max_length=_MAX_REASON), PROSE]


class ReportStatusRequest(RequestModel):
    """Where a report is led.

    `rejected`, `hidden` and `reopened` need a `reason`, `resolved` a `reason` and who is `responsible`, `duplicate` the
    first report; for the rest a `reason` is a word that everybody may read.
    """

    status: ReportStatus
    reason: Reason = ""
    responsible: Annotated[str, Field(min_length=2, max_length=MAX_TITLE), TITLE] | None = None
    duplicate_of: Annotated[str, Field(min_length=1, max_length=64)] | None = None


class ReportCategoryRequest(RequestModel):
    """What a report is about."""

    category: ReportCategory
    reason: Reason = ""


class StaffVerdict(ResponseModel):
    """What a machine makes of a report."""

    is_civic: bool
    category: ReportCategory
    severity: int
    confidence: float
    reasons: list[str]
    unsafe: bool
    verifier: str


class StaffClosing(ResponseModel):
    """Why it was closed, and who is responsible."""

    reason: str
    responsible: str
    by: Literal[ActorKind.AUTHOR, ActorKind.MODERATOR, ActorKind.PROVIDER]
    at: Instant


class StaffReport(ResponseModel):
    """A report with its authorship, the machine's verdict, and addresses of its photos that work for some minutes."""

    id: str
    version: int
    status: ReportStatus
    is_public: bool
    author_id: str | None
    title: str
    description: str
    category: ReportCategory
    lat: float
    lng: float
    address: str
    photo_urls: list[str]
    severity: int | None
    verdict: StaffVerdict | None
    similar_ids: list[str]
    duplicate_of: str | None
    closing: StaffClosing | None
    upvote_count: int
    verified_upvote_count: int
    follower_count: int
    comment_count: int
    next_due_at: Instant | None
    created_at: Instant
    updated_at: Instant

    @classmethod
    def of(cls, report: Report, urls: MediaUrls) -> Self:
        """The report as moderators see it."""
        place, verdict = report.place, report.verification.verdict
        return cls.model_validate(
            {
                **report.model_dump(exclude={"place", "photos", "verification", "closing"}),
                "lat": place.lat,
                "lng": place.lng,
                "address": place.address,
                "photo_urls": [urls.private_url(photo.listed_key) for photo in report.photos],
                "verdict": verdict.model_dump() if verdict else None,
                "closing": report.closing.model_dump() if report.closing else None,
            }
        )
