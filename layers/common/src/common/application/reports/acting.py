"""What authors, followers and moderators decide on a report that stands."""

from collections.abc import Callable, Mapping
from typing import Any

from common.application.reports.access import Viewer, find_own, find_public, no_report, require_author
from common.application.reports.committing import Also, decide
from common.application.reports.deps import ReportDeps
from common.application.reports.reading import ACTIONS
from common.application.shared.own_matters import require_others_matter
from common.domain.identity.roles import Principal
from common.domain.reports import state_machine
from common.domain.reports.categories import ReportCategory
from common.domain.reports.report import Actor, ActorKind, Report, ReportChange, ReportStatus
from common.domain.shared.errors import Forbidden, InvalidInput, NotFound


async def act(
    deps: ReportDeps,
    viewer: Viewer,
    report_id: str,
    action: str,
    given: Mapping[str, Any] | None,
    *,
    expected_version: int | None = None,
) -> Report:
    """Perform an action as the author or as somebody who follows the report.

    Raises:
        Unauthenticated, NotFound, Forbidden: the report is not there for them, or they have no part in it; no such
            action (``unknown_action``).
        ActionNotAvailable: not in this state or not now.
        InvalidInput: the input is wrong; fields are named.
        VersionConflict: the report has another version than the caller has seen.
    """
    if action not in ACTIONS:
        raise NotFound("There is no such action.", code="unknown_action")
    report, actor = await _part_in(deps, viewer, report_id)

    async def make(current: Report) -> ReportChange:
        if actor.kind is ActorKind.AUTHOR:
            require_author(viewer, current)
        return state_machine.perform(current, action, actor, given, deps.clock.now(), deps.settings)

    async def detach(before: Report, change: ReportChange) -> None:
        if change.report.status is ReportStatus.WITHDRAWN:
            await deps.attachments.detach(before.media_ids, target=before.target, now=deps.clock.now())

    return await decide(deps, report, actor, make, also=detach, expected_version=expected_version)


async def _part_in(deps: ReportDeps, viewer: Viewer, report_id: str) -> tuple[Report, Actor]:
    try:
        return await find_own(deps, viewer, report_id)
    except Forbidden:
        if viewer.user_id is None or not await deps.follows.is_following(report_id, viewer.user_id):
            raise
        return await find_public(deps, report_id), Actor(kind=ActorKind.FOLLOWER, id=viewer.user_id)


async def set_status(
    deps: ReportDeps,
    staff: Principal,
    report_id: str,
    status: ReportStatus,
    given: Mapping[str, Any],
    *,
    expected_version: int | None = None,
    also: Also | None = None,
) -> Report:
    """Lead a report to a status, by the one action of moderators that does.

    Args:
        deps: ports.
        staff: a moderator, who is not the author.
        report_id: which.
        status: where to.
        given: of ``reason``, ``note``, ``responsible`` and ``duplicate_of`` what the action asks for.
        expected_version: what the moderator has seen.
        also: what is written with it.

    Raises:
        NotFound: there is no such report.
        Forbidden: it is the moderator's own (``own_matter``).
        ActionNotAvailable: nothing leads there from where it is.
        InvalidInput: something is missing, or there is no such first report.
        VersionConflict: the report has another version than the moderator has seen.
    """
    if status is ReportStatus.DUPLICATE:
        await _require_first(deps, report_id, given.get("duplicate_of"))

    def name(report: Report) -> str:
        return state_machine.action_towards(report, status, deps.settings)

    return await _moderate(deps, staff, report_id, name, given, expected_version, also)


async def set_category(
    deps: ReportDeps,
    staff: Principal,
    report_id: str,
    category: ReportCategory,
    reason: str,
    *,
    expected_version: int | None = None,
    also: Also | None = None,
) -> Report:
    """File a report under another category.

    Raises:
        NotFound: there is no such report.
        Forbidden: it is the moderator's own (``own_matter``).
        ActionNotAvailable: it was withdrawn.
        VersionConflict: the report has another version than the moderator has seen.
    """
    given = {"category": category, "reason": reason}
    return await _moderate(deps, staff, report_id, lambda _: "set_category", given, expected_version, also)


async def _moderate(
    deps: ReportDeps,
    staff: Principal,
    report_id: str,
    name: Callable[[Report], str],
    given: Mapping[str, Any],
    expected_version: int | None,
    also: Also | None,
) -> Report:
    report = await deps.reports.get(report_id)
    if report is None:
        raise no_report()
    require_others_matter(staff, report.author_id or "")
    actor = Actor(kind=ActorKind.MODERATOR, id=staff.user_id)

    async def make(current: Report) -> ReportChange:
        action = name(current)
        wanted = state_machine.wanted_of(action, given)
        return state_machine.perform(current, action, actor, wanted, deps.clock.now(), deps.settings)

    return await decide(deps, report, actor, make, also=also, expected_version=expected_version)


async def _require_first(deps: ReportDeps, report_id: str, first_id: Any) -> None:
    """That a report which is said to be the first is there, is another one, and is no duplicate itself.

    Raises:
        InvalidInput: it is not.
    """
    first = await deps.reports.get(str(first_id)) if first_id else None
    if first is None or first.id == report_id or first.status is ReportStatus.DUPLICATE or not first.is_public:
        message = "Name another report that everybody sees and that is no duplicate itself."
        raise InvalidInput.of("duplicate_of", message, "unknown_report")
