"""Every five minutes: remove what has expired, and count what has been booked since."""

from collections.abc import Mapping

from common.application.search.popular import count_bookings
from common.application.shared.cleanup import remove_expired
from common.runtime.budget import Budget
from common.runtime.container.cleanup import CleanupContainer
from common.runtime.schedule import create_schedule_handler


async def clean_up(container: CleanupContainer, budget: Budget) -> Mapping[str, int]:
    """Remove expired holds, links, sessions, intents and keys, and count new bookings, in bounded batches."""
    removed = await remove_expired(container.cleanup, has_time=budget.has_time)
    counted = await count_bookings(container.booking_counts, container.clock, has_time=budget.has_time)
    return {**removed, "BookingsCounted": counted}


handler = create_schedule_handler(clean_up, service="cleanup-schedule", needs=(), container=CleanupContainer)
