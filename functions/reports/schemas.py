"""The contract of reports."""

from typing import Annotated, Any, ClassVar, Literal, Self

from common.domain.reports.categories import ReportCategory
from common.domain.reports.comments import MAX_COMMENT
from common.domain.reports.report import (
    MAX_DESCRIPTION,
    MAX_PHOTOS,
    MAX_TITLE,
    ActorKind,
    ReportPlace,
    ReportStatus,
)
from common.domain.shared.contact_fields import AddressText
from common.domain.shared.texts import PROSE, TITLE
from common.runtime.http.schemas import Instant, PatchModel, RequestModel, ResponseModel
from pydantic import AfterValidator, Field, StringConstraints, model_validator

#: Of an edit token or a draft's.
MAX_TOKEN_LENGTH = 128

#: All of ``ActorKind``, written out: bookings have another list of that name.
ReportActor = Literal[ActorKind.AUTHOR, ActorKind.FOLLOWER, ActorKind.MODERATOR, ActorKind.PROVIDER, ActorKind.SYSTEM]
ReportTitle = Annotated[str, Field(min_length=3, max_length=MAX_TITLE), TITLE]
Description = Annotated[str, Field(max_length=MAX_DESCRIPTION), PROSE]


def _each_once(media_ids: list[str]) -> list[str]:
    if len(set(media_ids)) < len(media_ids):
        raise ValueError("Name every photo once.")
    return media_ids


MediaIds = Annotated[
    list[Annotated[str, StringConstraints(min_length=1, max_length=64)]],
    Field(min_length=1, max_length=MAX_PHOTOS),
    AfterValidator(_each_once),
]
Token = Annotated[str, Field(min_length=1, max_length=MAX_TOKEN_LENGTH)]


class PointSchema(RequestModel):
    """A place in degrees (WGS 84)."""

    lat: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False, strict=True, examples=[-36.85])]
    lng: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False, strict=True, examples=[174.76])]

    @model_validator(mode="after")
    def _is_known(self) -> Self:
        """Refuse 0, 0: open sea, and what a device without a position tells."""
        if self.lat == 0 and self.lng == 0:
            raise ValueError("0, 0 is what a device without a position tells: send the place.")
        return self


class ReportRequest(RequestModel):
    """What is broken, and where.

    `media_ids` are 1 to 5 photos uploaded as `report`; those that were uploaded without an account need the
    `draft_token` that came with the first of them.
    """

    title: ReportTitle
    description: Description = ""
    category: ReportCategory
    location: PointSchema
    address: Annotated[AddressText | None, Field(description="The place in words, if that helps")] = None
    media_ids: MediaIds
    show_name: bool = False
    draft_token: Token | None = None


class ReportPatch(PatchModel):
    """What changes; what is left out stays. `edit_token` may come here, or in the header `X-Edit-Token`."""

    nullable: ClassVar[frozenset[str]] = frozenset({"address", "draft_token", "edit_token"})

    title: ReportTitle | None = None
    description: Description | None = None
    category: ReportCategory | None = None
    location: PointSchema | None = None
    address: AddressText | None = None
    media_ids: MediaIds | None = None
    show_name: bool | None = None
    draft_token: Token | None = None
    edit_token: Token | None = None


class WithdrawRequest(RequestModel):
    """What opens a report for an author without an account, where it is in no header."""

    edit_token: Token | None = None


class ClaimRequest(RequestModel):
    """What proves that the report is the caller's."""

    edit_token: Token
    show_name: bool = False


class CommentRequest(RequestModel):
    """A comment; it is without a name unless its author wants one."""

    text: Annotated[str, Field(min_length=1, max_length=MAX_COMMENT), PROSE]
    show_name: bool = False


class PointView(ResponseModel):
    """A place in degrees (WGS 84)."""

    lat: float
    lng: float


class ReportPhotoView(ResponseModel):
    """A photo of a report. Its addresses lead to the files, the largest first; of a public report they do not end."""

    media_id: str
    width: int
    height: int
    placeholder: str | None
    urls: dict[str, str]


class ReportClosing(ResponseModel):
    """Why a report was closed, and who is responsible for what it tells of."""

    reason: str
    responsible: str
    by: ReportActor
    at: Instant


class ReportBrief(ResponseModel):
    """A report as everybody sees it; `author_name` is there if the author wants to be named."""

    id: str
    version: int
    status: ReportStatus
    is_public: bool
    title: str
    description: str
    category: ReportCategory
    location: PointView
    address: str
    photos: list[ReportPhotoView]
    severity: int | None
    author_name: str | None
    duplicate_of: str | None
    closing: ReportClosing | None
    upvote_count: int
    follower_count: int
    comment_count: int
    created_at: Instant
    updated_at: Instant
    status_since: Instant


class ReportNearby(ReportBrief):
    """A report near a point."""

    distance_m: int


class ReportAction(ResponseModel):
    """Something that the caller may do with the report now: `POST /v1/reports/{id}/actions/{action_name}`."""

    action_name: str
    button_label: str
    note: str
    is_critical: bool
    input_schema: dict[str, Any] | None


class SimilarReport(ResponseModel):
    """A report whose photo looks the same: perhaps the problem was reported before."""

    id: str
    title: str
    status: ReportStatus


class ReportView(ReportBrief):
    """A report, and what it is to the caller; `verdict` and `similar` are for its author and moderators."""

    is_own: bool
    has_upvoted: bool
    is_following: bool
    available_actions: list[ReportAction]
    verdict: list[str] | None
    similar: list[SimilarReport]


class ReportCreated(ReportView):
    """A report that was just made.

    `edit_token` opens it for an author without an account and is told this once; `null` for somebody with one.
    """

    edit_token: str | None


class NearbyList(ResponseModel):
    """Reports near a point, the closest first."""

    items: list[ReportNearby]
    radius_m: int | None


class TimelineItem(ResponseModel):
    """One thing that happened; `actor` says in which part somebody acted, never who."""

    id: str
    version: int
    action: str
    actor: ReportActor
    from_status: ReportStatus | None
    to_status: ReportStatus
    note: str
    at: Instant


class ReportCommentView(ResponseModel):
    """A comment; of one that was removed, or that a moderator has hidden, nothing but its place is left."""

    id: str
    report_id: str
    text: str
    author_name: str | None
    is_own: bool
    is_by_reporter: bool
    is_removed: bool
    created_at: Instant


class ReportCategoryView(ResponseModel):
    """What can be reported. `nearby_m` is within how many metres another report may tell of the same problem."""

    category: ReportCategory
    name: str
    description: str
    group: str
    nearby_m: int | None


class ReportCategoryList(ResponseModel):
    """All categories."""

    items: list[ReportCategoryView]


class VoteView(ResponseModel):
    """Whether the caller has the same problem."""

    has_upvoted: Literal[True] = True


class FollowView(ResponseModel):
    """Whether the caller hears of what happens."""

    is_following: Literal[True] = True


def place_of(point: PointSchema, address: str) -> ReportPlace:
    """The domain's place."""
    return ReportPlace(lat=point.lat, lng=point.lng, address=address)
