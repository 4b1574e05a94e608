"""Letting moderators look at what somebody sees: a report, a comment below one, a rating, a photo."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from common.application.admin.moderation.deps import ModerationDeps
from common.domain.bookings.ratings import RatingState
from common.domain.identity.roles import Principal
from common.domain.moderation.items import ITEM_PREFIX, ItemKind, ModerationItem, ReportReason
from common.domain.shared.errors import Conflict, NotFound
from common.domain.shared.ids import new_id

#: Each person reports a thing once; only reports and messages have a number of their own.
_ONLY = 1


@dataclass(frozen=True)
class _Thing:
    """What is there to be reported: whose it is, what it belongs to and what it says."""

    author_id: str
    parent: str = ""
    excerpt: str = ""
    seq: int = _ONLY


async def flag_content(
    deps: ModerationDeps, caller: Principal, kind: ItemKind, subject: str, reason: ReportReason, note: str
) -> ModerationItem:
    """Let moderators look at something that the caller sees; who reports it again gets the first report.

    Messages are reported in their conversation, whose parties alone see them.

    Raises:
        NotFound: there is no such thing for everybody to see.
        Conflict: it is the caller's own (``own_content``).
    """
    find = _FINDERS.get(kind)
    thing = await find(deps, subject) if find else None
    if thing is None:
        raise NotFound("There is no such thing to report.")
    if thing.author_id == caller.user_id:
        raise Conflict("This is your own.", code="own_content")
    now = deps.clock.now()
    item = ModerationItem(
        id=new_id(ITEM_PREFIX, now),
        kind=kind,
        subject=subject,
        parent=thing.parent,
        seq=thing.seq,
        reporter_id=caller.user_id,
        reported_id=thing.author_id,
        reason=reason,
        note=note,
        excerpt=thing.excerpt,
        created_at=now,
    )
    return await deps.moderation.report(item)


async def _report(deps: ModerationDeps, subject: str) -> _Thing | None:
    found = await deps.reports.get(subject)
    if found is None or not found.is_public:
        return None
    return _Thing(found.author_id or "", excerpt=f"{found.title}\n{found.description}".strip(), seq=found.version)


async def _comment(deps: ModerationDeps, subject: str) -> _Thing | None:
    found = await deps.comments.find(subject)
    if found is None or found.is_removed or found.is_hidden:
        return None
    report = await deps.reports.get(found.report_id)
    if report is None or not report.is_public:
        return None
    return _Thing(found.author_id or "", parent=found.report_id, excerpt=found.text)


async def _rating(deps: ModerationDeps, subject: str) -> _Thing | None:
    found = await deps.ratings.get(subject)
    if found is None or found.state is not RatingState.PUBLISHED:
        return None
    return _Thing(found.author_id, parent=found.booking_id, excerpt=found.text)


async def _media(deps: ModerationDeps, subject: str) -> _Thing | None:
    found = await deps.media.get(subject)
    if found is None or not found.is_public or found.attached_to is None:
        return None
    return _Thing(found.owner_id, parent=found.attached_to)


_FINDERS: Mapping[ItemKind, Callable[[ModerationDeps, str], Awaitable[_Thing | None]]] = {
    ItemKind.REPORT: _report,
    ItemKind.COMMENT: _comment,
    ItemKind.RATING: _rating,
    ItemKind.MEDIA: _media,
}
