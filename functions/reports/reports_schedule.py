"""Every minute: what is due for reports, and counts that may be wrong."""

from collections.abc import Mapping

from common.application.reports.sweep import sweep_reports
from common.runtime.budget import Budget
from common.runtime.container.reports import ReportContainer
from common.runtime.needs import EVENTS
from common.runtime.schedule import create_schedule_handler


async def sweep(container: ReportContainer, budget: Budget) -> Mapping[str, int]:
    """Fire what is due, and count again what has changed, batch by batch."""
    if not await container.reports.reports.any_due(container.clock.now()):
        return {}
    counts = await sweep_reports(container.reports, has_time=lambda: budget.has_time(5.0))
    return {f"Reports{done.title().replace('_', '')}": count for done, count in counts.items()}


handler = create_schedule_handler(sweep, service="reports-schedule", needs=(EVENTS,), container=ReportContainer)
