"""What people write below reports."""

from collections.abc import Sequence
from datetime import datetime

from common.application.reports.access import Viewer, find_public, find_report, name_of
from common.application.reports.deps import ReportDeps
from common.application.shared.publishing import publish_committed
from common.application.shared.staff_acts import act_of_staff
from common.application.shared.together import together
from common.domain.identity.clients import ClientInfo
from common.domain.identity.roles import Principal
from common.domain.identity.security_events import SecurityEvent, SecurityEventType
from common.domain.moderation.items import ItemKind, Outcome
from common.domain.reports.comments import COMMENT_PREFIX, Comment
from common.domain.reports.notifications import COMMENTED
from common.domain.reports.report import Report
from common.domain.shared.errors import Forbidden, InvalidInput, NotFound
from common.domain.shared.events import Topic, new_event
from common.domain.shared.ids import new_id


async def add_comment(
    deps: ReportDeps, principal: Principal, report_id: str, text: str, *, shows_name: bool
) -> tuple[Report, Comment]:
    """Write below a report. A comment is public at once, so one that a person would have to look at is refused.

    Raises:
        NotFound: there is no such report for everybody.
        InvalidInput: the text holds what the screen flags (``contact_details``, ``coarse_language``).
    """
    report = await find_public(deps, report_id)
    if reasons := await deps.screen.reasons_to_hold(text):
        raise InvalidInput.of("text", "Leave out contact details and coarse language.", reasons[0])
    name = await name_of(deps, principal) if shows_name else None
    now = deps.clock.now()
    comment = Comment(
        id=new_id(COMMENT_PREFIX, now),
        report_id=report_id,
        author_id=principal.user_id,
        author_name=name,
        text=text,
        created_at=now,
    )
    event = new_event(
        Topic.NOTIFICATIONS,
        COMMENTED.type,
        now,
        report_id=report_id,
        version=report.version,
        recipients=[each.value for each in COMMENTED.recipients],
        by=principal.user_id,
        note=text,
    )

    async def write() -> None:
        await deps.users.touch(principal.user_id)
        await deps.comments.insert(comment)
        await deps.outbox.insert([event])

    await deps.unit_of_work.run(write)
    await deps.comments.count_one(report_id, now)
    await publish_committed(deps.outbox, deps.publisher, [event], deps.clock)
    return report, comment


async def list_comments(
    deps: ReportDeps, viewer: Viewer, report_id: str, *, limit: int, after: str | None
) -> tuple[Report, Sequence[Comment]]:
    """A report, and comments below it, oldest first.

    Raises:
        NotFound: there is no such report for them.
    """
    return await together(
        find_report(deps, viewer, report_id), deps.comments.list_by_report(report_id, limit=limit, after=after)
    )


async def remove_comment(
    deps: ReportDeps, principal: Principal, report_id: str, comment_id: str, client: ClientInfo
) -> None:
    """Remove a comment of one's own, or as a moderator anybody's, which the audit log tells; its place is left.

    Raises:
        NotFound: there is no such report or comment.
        Forbidden: it is somebody else's.
    """
    viewer = Viewer(principal)
    _, comment = await together(find_report(deps, viewer, report_id), deps.comments.get(report_id, comment_id))
    if comment is None or comment.is_removed:
        raise NotFound("There is no such comment.")
    if comment.author_id != viewer.user_id and not viewer.is_moderator:
        raise Forbidden("This comment is somebody else's.")

    async def write() -> None:
        if not await deps.comments.remove(report_id, comment_id):
            raise NotFound("There is no such comment.")
        await deps.moderation.decide(ItemKind.COMMENT, comment_id)
        if comment.author_id != principal.user_id:
            await deps.log.insert(_removed_by_staff(comment, principal, client, deps.clock.now()))

    await deps.unit_of_work.run(write)


def _removed_by_staff(comment: Comment, staff: Principal, client: ClientInfo, now: datetime) -> SecurityEvent:
    """The row of the audit log; it keeps nothing of what the comment said."""
    about = {
        "kind": ItemKind.COMMENT.value,
        "subject": comment.id,
        "report_id": comment.report_id,
        "outcome": Outcome.REMOVE.value,
        "before": "hidden" if comment.is_hidden else "shown",
        "after": "removed",
    }
    type_, author = SecurityEventType.CONTENT_DECIDED, comment.author_id or None
    return act_of_staff(staff, type_, client, now, user_id=author, **about)
