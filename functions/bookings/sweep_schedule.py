"""Every minute: fire the system actions of bookings that are due."""

from collections.abc import Mapping

from common.application.bookings.sweep import sweep_due
from common.runtime.budget import Budget
from common.runtime.container.bookings import BookingContainer
from common.runtime.needs import EVENTS
from common.runtime.observability import metrics
from common.runtime.schedule import create_schedule_handler


async def sweep(container: BookingContainer, budget: Budget) -> Mapping[str, int]:
    """Fire what is due, batch by batch."""
    now = container.clock.now()
    since = await container.booking_timers.due_since(now)
    if since is None:
        return {}
    metrics.count("SweepLagSeconds", int((now - since).total_seconds()))
    counts = await sweep_due(container.bookings, has_time=lambda: budget.has_time(5.0))
    return {f"Bookings{action.title().replace('_', '')}": count for action, count in counts.items()}


handler = create_schedule_handler(sweep, service="sweep-schedule", needs=(EVENTS,), container=BookingContainer)
