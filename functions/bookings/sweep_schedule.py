"""Every minute: fire the system actions of bookings that are due."""

from collections.abc import Mapping

from common.application.bookings.sweep import sweep_due
from common.runtime.budget import Budget
from common.runtime.container.bookings import BookingContainer
from common.runtime.needs import EVENTS
from common.runtime.schedule import create_schedule_handler


async def sweep(container: BookingContainer, budget: Budget) -> Mapping[str, int]:
    """Fire what is due, batch by batch."""
    if not await container.booking_timers.any_due(container.clock.now()):
        return {}

    counts = await sweep_due(container.bookings, has_time=lambda: budget.has_time(5.0))
    return {f"Bookings{action.title().replace('_', '')}": count for action, count in counts.items()}


handler = create_schedule_handler(sweep, service="sweep-schedule", needs=(EVENTS,), container=BookingContainer)
