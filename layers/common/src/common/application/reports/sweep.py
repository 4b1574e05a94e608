"""What time does to reports: timers that are due, and counts that may be wrong."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

from common.application.reports.committing import commit
from common.application.reports.deps import ReportDeps
from common.application.shared.publishing import publish_committed
from common.application.shared.sweeping import Done, Tally, UnreadableRowError, work_on_each
from common.domain.reports import state_machine
from common.domain.reports.report import Report
from common.domain.shared.errors import VersionConflict
from common.domain.shared.events import Event, Topic, new_event

#: How long a report taken by one sweep is left alone by others; also how soon a failed one is tried again.
LEASE = timedelta(minutes=2)
_BATCH = 50
#: That votes of a report have been counted, so that what is counted by place can follow.
REPORT_COUNTED = "report.counted"
#: More rows of one report than this are not counted.
_MOST_COUNTED = 100_000


async def sweep_reports(deps: ReportDeps, *, has_time: Callable[[], bool]) -> Counter[str]:
    """Fire the timers that are due, and count what has to be counted again, in bounded batches.

    Any number of sweeps may run at once: each report is leased to one of them. What is left waits for the next.

    Args:
        deps: ports.
        has_time: asked before each batch.

    Returns:
        How many reports were worked on, by what was done.

    Raises:
        BaseException: the first fault met, after everything else has been done; the lease brings that report back.
            ``UnreadableRowError`` where a row could not be read.
    """
    tally = Tally()
    while has_time():
        now = deps.clock.now()
        due = await deps.reports.claim_due(now, until=now + LEASE, limit=_BATCH)
        tally.add([*await work_on_each(due.rows, partial(_fire, deps)), *map(UnreadableRowError, due.unreadable)])
        if due.is_all:
            break
    while has_time():
        now = deps.clock.now()
        due = await deps.reports.claim_recounts(now, until=now + LEASE, limit=_BATCH)
        events = await _tell_counted(deps, due.rows, now)
        count = partial(_count, deps, until=now + LEASE)
        tally.add([*await work_on_each(due.rows, count), *map(UnreadableRowError, due.unreadable)])
        await publish_committed(deps.outbox, deps.publisher, events, deps.clock)
        if due.is_all:
            break
    return tally.result()


async def _tell_counted(deps: ReportDeps, reports: Sequence[Report], now: datetime) -> Sequence[Event]:
    """Write down that reports will have been counted, before they are: a sweep that dies in between counts again."""
    events = [new_event(Topic.REPORTS, REPORT_COUNTED, now, report_id=report.id) for report in reports]
    await deps.outbox.insert(events)
    return events


async def _count(deps: ReportDeps, report: Report, *, until: datetime) -> Done:
    """Count the votes, followers and comments of one report again."""
    votes = await deps.votes.count(report.id, most=_MOST_COUNTED)
    followers = await deps.follows.count(report.id, most=_MOST_COUNTED)
    comments = await deps.comments.count(report.id, most=_MOST_COUNTED)
    found = {**votes, "follower_count": followers, "comment_count": comments}
    await deps.reports.set_counts(report, found, until)
    return Done(["counted"], [])


async def _fire(deps: ReportDeps, report: Report) -> Done:
    """Fire what is due on a report; says the name of the action, or that somebody else was first."""
    now = deps.clock.now()
    due = state_machine.next_due(report, deps.settings)
    change = state_machine.fire(report, due[1], now, deps.settings) if due else None
    if change is None or due is None:
        return Done(["nothing"], [])
    try:
        await commit(deps, change, state_machine.SYSTEM)
    except VersionConflict:
        return Done(["raced"], [])
    return Done([due[1]], [])
