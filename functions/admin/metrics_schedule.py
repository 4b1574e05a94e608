"""Every five minutes: count the days that are due, today first."""

from collections.abc import Mapping

from common.application.admin.metrics.compute import compute_due
from common.runtime.budget import Budget
from common.runtime.container.metrics import MetricsContainer
from common.runtime.needs import EVENTS, STRIPE_EVENTS
from common.runtime.schedule import create_schedule_handler

#: A day of one area is not begun with less.
_SECONDS_PER_DAY = 5.0


async def count(container: MetricsContainer, budget: Budget) -> Mapping[str, int]:
    """Count what is due, as far as the time goes."""
    return await compute_due(container.metrics, has_time=lambda: budget.has_time(_SECONDS_PER_DAY))


handler = create_schedule_handler(
    count, service="metrics-schedule", needs=(EVENTS, STRIPE_EVENTS), container=MetricsContainer
)
