"""What moderators do with reports, with a row in the audit log that commits with it."""

from collections.abc import Callable, Mapping
from typing import Any

from common.application.admin.moderation.deps import ModerationDeps
from common.application.reports import acting
from common.application.reports.committing import Also
from common.application.reports.deps import ReportDeps
from common.application.shared.staff_acts import act_of_staff
from common.domain.identity.clients import ClientInfo
from common.domain.identity.roles import Principal
from common.domain.identity.security_events import SecurityEventType
from common.domain.reports.categories import ReportCategory
from common.domain.reports.report import Report, ReportChange, ReportStatus


async def set_report_status(
    deps: ModerationDeps,
    reports: ReportDeps,
    staff: Principal,
    report_id: str,
    status: ReportStatus,
    given: Mapping[str, Any],
    client: ClientInfo,
    *,
    expected_version: int | None,
) -> Report:
    """Lead a report to a status (see ``acting.set_status``)."""
    reason = str(given.get("reason") or "")
    also = _logged(deps, staff, client, reason, lambda report: report.status.value)
    return await acting.set_status(
        reports, staff, report_id, status, given, expected_version=expected_version, also=also
    )


async def set_report_category(
    deps: ModerationDeps,
    reports: ReportDeps,
    staff: Principal,
    report_id: str,
    category: ReportCategory,
    reason: str,
    client: ClientInfo,
    *,
    expected_version: int | None,
) -> Report:
    """File a report under another category (see ``acting.set_category``)."""
    also = _logged(deps, staff, client, reason, lambda report: report.category.value)
    return await acting.set_category(
        reports, staff, report_id, category, reason, expected_version=expected_version, also=also
    )


def _logged(
    deps: ModerationDeps, staff: Principal, client: ClientInfo, reason: str, told: Callable[[Report], str]
) -> Also:
    async def log(before: Report, change: ReportChange) -> None:
        after = change.report
        type_, now = SecurityEventType.REPORT_MODERATED, deps.clock.now()
        about = {"subject": after.id, "before": told(before), "after": told(after)}
        author = after.author_id or None
        await deps.log.insert(act_of_staff(staff, type_, client, now, user_id=author, reason=reason, **about))

    return log
