"""The end of every decision: what follows from the status, the timer, who is told, one row of the timeline."""

from datetime import datetime
from typing import Any

from common.domain.reports.report import (
    PUBLIC,
    Actor,
    ActorKind,
    Report,
    ReportChange,
    ReportStatus,
    TimelineEntry,
)
from common.domain.reports.settings import ReportSettings
from common.domain.reports.state_machine.context import POSTPONE, SYSTEM, Context, Draft
from common.domain.reports.state_machine.table import REQUEST_VERIFICATION, TIMED_TRANSITIONS
from common.domain.shared.events import Topic
from common.domain.shared.ids import new_id
from common.domain.shared.state_machine import next_due as next_due_of

#: That something happened to a report: what is counted by place and week follows from it.
REPORT_CHANGED = "report.changed"
#: What the timeline tells of besides the status; not what was written, which the author may take back.
_TOLD = ("category", "duplicate_of", "severity")
#: What neither changes what people see nor is worth a row.
_UNTOLD = frozenset({REQUEST_VERIFICATION.name, POSTPONE})
#: Whose accounts the timeline keeps.
_NAMED = frozenset({ActorKind.MODERATOR, ActorKind.PROVIDER})


def begin(report: Report, now: datetime) -> Draft:
    """A draft of the report's next version."""
    return Draft(report.model_copy(update={"version": report.version + 1, "updated_at": now}), now)


def finalize(before: Report | None, draft: Draft, settings: ReportSettings) -> Draft:
    """What every change does after its effects."""
    report, now = draft.report, draft.now
    if before is None or before.status is not report.status:
        draft = draft.set(status_since=now)
        if report.status is ReportStatus.VERIFIED:
            draft = draft.set(verified_at=now)
    if report.status is ReportStatus.WITHDRAWN:
        draft = draft.set(photos=[], similar_ids=[])
    draft = draft.set(is_public=report.status in PUBLIC)
    at, action = next_due(draft.report, settings) or (None, None)
    return draft.set(next_due_at=at, next_due_action=action)


def next_due(report: Report, settings: ReportSettings) -> tuple[datetime, str] | None:
    """The report's earliest system action and its instant; the table's order decides between equals."""
    return next_due_of(TIMED_TRANSITIONS, Context(report, SYSTEM, report.updated_at, settings))


def to_change(before: Report | None, draft: Draft, actor: Actor, action: str, note: str) -> ReportChange:
    """The finished change with its one row of the timeline, and the event that it happened."""
    report = draft.report
    expected = before.version if before else None
    if action in _UNTOLD:
        return ReportChange(expected_version=expected, report=report, entry=None, events=list(draft.events))
    entry = TimelineEntry(
        id=new_id("his", draft.now),
        report_id=report.id,
        version=report.version,
        action=action,
        actor=actor if actor.kind in _NAMED else Actor(kind=actor.kind),
        from_status=before.status if before else None,
        to_status=report.status,
        note=note,
        changed=_changed(before, report),
        at=draft.now,
    )
    draft = draft.emit(Topic.REPORTS, REPORT_CHANGED, action=action, before=_seen(before), after=_seen(report))
    return ReportChange(expected_version=expected, report=report, entry=entry, events=list(draft.events))


def _seen(report: Report | None) -> dict[str, Any] | None:
    """What is counted of a report; ``None`` where nobody sees it."""
    if report is None or not report.is_public:
        return None
    return {
        "geohash": report.geohash,
        "category": report.category.value,
        "status": report.status.value,
        "created_at": report.created_at.isoformat(),
        "votes": report.upvote_count,
    }


def _changed(before: Report | None, after: Report) -> dict[str, Any]:
    if before is None:
        return {}
    pairs = {name: (getattr(before, name), getattr(after, name)) for name in _TOLD}
    return {name: {"from": old, "to": new} for name, (old, new) in pairs.items() if old != new}
