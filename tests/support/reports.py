"""Reports that are there before a test begins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from common.domain.reports.report import Report, ReportChange

from tests.factories.reports import make_report

if TYPE_CHECKING:
    from common.runtime.container.reports import ReportContainer


async def store_report(container: ReportContainer, **fields: Any) -> Report:
    """Make a report (see ``make_report``), and store it without any history."""
    report = make_report(**fields)
    await container.reports.reports.commit(ReportChange(expected_version=None, report=report, entry=None))
    return report
