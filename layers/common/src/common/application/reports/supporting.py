"""Having the same problem, and wanting to hear of it."""

from datetime import datetime

from common.application.reports.access import find_public
from common.application.reports.committing import moderation_item
from common.application.reports.deps import ReportDeps
from common.domain.identity.roles import Principal
from common.domain.moderation.items import ReportReason
from common.domain.reports.report import Report
from common.domain.reports.votes import BURST_COUNT, BURST_WINDOW, FRESH_ACCOUNT
from common.domain.shared.errors import Conflict
from common.domain.shared.ids import earliest_id

_USER_PREFIX = "usr"


async def upvote(deps: ReportDeps, principal: Principal, report_id: str) -> bool:
    """Vote for a report, once; whether it is a new vote.

    What a fresh or provisional account votes is shown and does not rank; a burst of such votes is for moderators.

    Raises:
        NotFound: there is no such report for everybody.
        Conflict: it is the caller's own (``own_report``).
    """
    report = await find_public(deps, report_id)
    if report.is_by(principal.user_id):
        raise Conflict("This is your own report.", code="own_report")
    now = deps.clock.now()
    is_verified = not principal.is_provisional and not _is_fresh(principal.user_id, now)
    is_new = await deps.votes.add(report_id, principal.user_id, is_verified=is_verified, now=now)
    if is_new and not is_verified:
        await _look_for_burst(deps, report, now)
    return is_new


async def take_vote_back(deps: ReportDeps, principal: Principal, report_id: str) -> None:
    """Take a vote back, if there is one.

    Raises:
        NotFound: there is no such report for everybody.
    """
    await find_public(deps, report_id)
    await deps.votes.remove(report_id, principal.user_id, now=deps.clock.now())


async def follow(deps: ReportDeps, principal: Principal, report_id: str) -> None:
    """Hear of what happens to a report.

    Raises:
        NotFound: there is no such report for everybody.
    """
    await find_public(deps, report_id)
    await deps.follows.add(report_id, principal.user_id, now=deps.clock.now())


async def unfollow(deps: ReportDeps, principal: Principal, report_id: str) -> None:
    """Hear of it no more; also of a report that is out of sight meanwhile."""
    await deps.follows.remove(report_id, principal.user_id, now=deps.clock.now())


def _is_fresh(user_id: str, now: datetime) -> bool:
    """Whether an account was made lately: ids are in the order of the instants at which they were made."""
    return user_id >= earliest_id(_USER_PREFIX, now - FRESH_ACCOUNT)


async def _look_for_burst(deps: ReportDeps, report: Report, now: datetime) -> None:
    if await deps.votes.count_fresh(report.id, now - BURST_WINDOW, most=BURST_COUNT) < BURST_COUNT:
        return
    note = f"{BURST_COUNT} votes of fresh accounts within an hour."
    await deps.moderation.report(moderation_item(report, ReportReason.SPAM, note))
