"""The contract of moderation: the queue, decisions on it, what authors see of these, and what people report."""

from typing import Annotated, Any, Literal, Self

from common.domain.bookings.booking import ActorKind
from common.domain.moderation.items import (
    MAX_APPEAL,
    MAX_NOTE,
    MAX_REASON,
    MOST_AT_ONCE,
    ItemKind,
    ItemState,
    ModerationItem,
    Outcome,
    ReportReason,
)
from common.domain.moderation.rules import possible_outcomes
from common.domain.shared.texts import PROSE
from common.runtime.http.schemas import Instant, RequestModel, ResponseModel
from pydantic import Field

_MAX_ID, _MAX_TOKEN = 64, 100
_LEAST_REASON = 3

ItemId = Annotated[str, Field(min_length=1, max_length=_MAX_ID)]


class ReportedPhotoView(ResponseModel):
    """A photograph: where its largest file can be read for some minutes, if it is still there."""

    id: str
    url: str | None


class ReportedMessageView(ResponseModel):
    """A message as it was written."""

    id: str
    seq: int
    sender: ActorKind
    text: str
    media: list[ReportedPhotoView]
    created_at: Instant


class DecisionView(ResponseModel):
    """What was decided, by whom, why, and what the thing was before and after."""

    outcome: Outcome
    reason: str
    by: str
    at: Instant
    before: str
    after: str


class AppealView(ResponseModel):
    """What the author says against the decision."""

    text: str
    at: Instant


class ModerationItemView(ResponseModel):
    """What somebody has reported, and what moderators decided.

    `subject` names the thing and `parent` what it belongs to: of a message the conversation is the `subject` and `seq`
    its number. `excerpt` is what was written, as it was then. `possible_outcomes` is what can be decided now.
    """

    id: str
    kind: ItemKind
    subject: str
    parent: str
    seq: int
    reporter_id: str
    reported_id: str
    reason: ReportReason
    note: str
    excerpt: str
    messages: list[ReportedMessageView]
    photo: ReportedPhotoView | None
    state: ItemState
    claimed_by: str | None
    claimed_until: Instant | None
    decisions: list[DecisionView]
    appeal: AppealView | None
    possible_outcomes: list[Outcome]
    created_at: Instant

    @classmethod
    def of(cls, item: ModerationItem, messages: list[dict[str, Any]], photo: ReportedPhotoView | None) -> Self:
        """The item with the messages and the photograph that it is about."""
        fields = {**dict(item), "messages": messages, "photo": photo}
        return cls.model_validate({**fields, "possible_outcomes": possible_outcomes(item)})


class DecideRequest(RequestModel):
    """A decision: `possible_outcomes` of the item says which there are; the author is told the `reason`."""

    outcome: Outcome
    reason: Annotated[str, Field(min_length=_LEAST_REASON, max_length=MAX_REASON), PROSE]
    propose_ban: bool = False


class DecideManyRequest(DecideRequest):
    """The same decision on several items."""

    ids: Annotated[list[ItemId], Field(min_length=1, max_length=MOST_AT_ONCE)]


class DecideManyResult(ResponseModel):
    """What became of one of them: the decided item, or the status, the code and the sentence of its refusal."""

    id: str
    status: int
    item: ModerationItemView | None
    code: str | None
    detail: str | None


class DecideManyView(ResponseModel):
    """A result for each item, in their order."""

    items: list[DecideManyResult]


class BanProposalView(ResponseModel):
    """A proposed ban as it waits in the queue: the account is its `subject`, and the reason its `note`."""

    id: str
    kind: ItemKind
    subject: str
    note: str
    state: ItemState
    created_at: Instant


class FlagRequest(RequestModel):
    """What is wrong with something: `id` is that of the report, the comment, the rating or the photo."""

    kind: Literal[ItemKind.REPORT, ItemKind.COMMENT, ItemKind.RATING, ItemKind.MEDIA]
    id: ItemId
    reason: ReportReason
    note: Annotated[str, Field(max_length=MAX_NOTE), PROSE] = ""


class FlagView(ResponseModel):
    """What was reported, as who reported it sees it."""

    id: str
    kind: ItemKind
    subject: str
    reason: ReportReason
    note: str
    created_at: Instant


class AppealRequest(RequestModel):
    """Why the decision is wrong; `token` of the mail for who cannot sign in any more."""

    text: Annotated[str, Field(min_length=_LEAST_REASON, max_length=MAX_APPEAL), PROSE]
    token: Annotated[str, Field(max_length=_MAX_TOKEN)] | None = None


class OwnDecisionView(ResponseModel):
    """A decision about something of the caller's; of moderators it has no name.

    `state` is `appealed` while another moderator has to look at it. `can_appeal` says whether that is possible now.
    """

    id: str
    kind: ItemKind
    subject: str
    excerpt: str
    state: ItemState
    outcome: Outcome
    reason: str
    decided_at: Instant
    appeal: AppealView | None
    can_appeal: bool
