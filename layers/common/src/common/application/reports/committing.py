"""Writing what was decided on a report: it, its timeline, its events and what moderators wait for, all or nothing."""

from collections.abc import Awaitable, Callable
from functools import partial

from common.application.reports.deps import ReportDeps
from common.application.shared.publishing import publish_committed
from common.domain.moderation.items import ITEM_PREFIX, SYSTEM_REPORTER, ItemKind, ModerationItem, ReportReason
from common.domain.reports.report import Actor, ActorKind, Report, ReportChange, ReportStatus
from common.domain.shared.errors import Unavailable, VersionConflict
from common.domain.shared.ids import new_id

#: A decision that others are quicker than is made again so often.
_TRIES = 8

Decide = Callable[[Report], Awaitable[ReportChange]]
#: Of the report as it was and of what was decided on it.
Also = Callable[[Report, ReportChange], Awaitable[None]]


async def commit(
    deps: ReportDeps, change: ReportChange, actor: Actor, *, also: Callable[[], Awaitable[None]] | None = None
) -> Report:
    """Write a change in one transaction, and send its events.

    Args:
        deps: ports.
        change: what was decided.
        actor: who acts: what a moderator has decided on waits for moderators no more.
        also: what is written with it.

    Raises:
        VersionConflict: somebody else was first.
    """
    report = change.report

    async def work() -> None:
        await deps.reports.commit(change)
        if also is not None:
            await also()
        if actor.kind is ActorKind.MODERATOR:
            await deps.moderation.decide(ItemKind.REPORT, report.id)
        if report.status is ReportStatus.NEEDS_REVIEW and report.status_since == report.updated_at:
            await deps.moderation.report(moderation_item(report, ReportReason.OTHER, _why(report)))
        await deps.outbox.insert(change.events)

    await deps.unit_of_work.run(work)
    await publish_committed(deps.outbox, deps.publisher, change.events, deps.clock)
    return report


async def decide(
    deps: ReportDeps,
    report: Report,
    actor: Actor,
    make: Decide,
    *,
    also: Also | None = None,
    expected_version: int | None = None,
) -> Report:
    """Decide on a report as it is, and again where somebody else was first.

    Args:
        deps: ports.
        report: as it was just read.
        actor: who acts.
        make: makes the change of the report as it is then.
        also: what is written with a change.
        expected_version: what the caller has seen: another one is refused, and so is a lost race.

    Raises:
        VersionConflict: the report has another version than the caller has seen.
        Unavailable: others keep being quicker.
    """
    if expected_version is not None and expected_version != report.version:
        raise VersionConflict("It has changed since you read it. Read it again.", extra={"version": report.version})
    current: Report | None = report
    for _ in range(_TRIES):
        if current is None:
            break
        change = await make(current)
        try:
            return await commit(deps, change, actor, also=partial(also, current, change) if also else None)
        except VersionConflict:
            if expected_version is not None:
                raise
            current = await deps.reports.get(report.id)
    raise Unavailable("The report is being changed by others.", retry_after=1)


def moderation_item(report: Report, reason: ReportReason, note: str) -> ModerationItem:
    """What moderators are asked to look at: one version of a report."""
    return ModerationItem(
        id=new_id(ITEM_PREFIX, report.updated_at),
        kind=ItemKind.REPORT,
        subject=report.id,
        seq=report.version,
        reporter_id=SYSTEM_REPORTER,
        reported_id=report.author_id or "",
        reason=reason,
        note=note,
        excerpt=f"{report.title}\n{report.description}".strip(),
        created_at=report.updated_at,
    )


def _why(report: Report) -> str:
    verdict = report.verification.verdict
    return " ".join(verdict.reasons)[:1_000] if verdict else "No machine has looked at it."
