"""Every five minutes: remove what has expired, and count what was booked and what listings have changed since."""

from collections.abc import Mapping

from common.application.media.sweep import sweep_media
from common.application.search.facet_folding import fold_facets
from common.application.search.popular import count_bookings
from common.application.shared.cleanup import remove_expired
from common.runtime.budget import Budget
from common.runtime.container.cleanup import CleanupContainer
from common.runtime.schedule import create_schedule_handler


async def clean_up(container: CleanupContainer, budget: Budget) -> Mapping[str, int]:
    """Remove expired holds, links, sessions, intents, keys and photographs, and count bookings and listings."""
    removed = await remove_expired(container.cleanup, has_time=budget.has_time)
    swept = await sweep_media(container.media_sweep, has_time=budget.has_time)
    counted = await count_bookings(container.booking_counts, container.clock, has_time=budget.has_time)
    changes = await fold_facets(container.facet_changes, container.clock, has_time=budget.has_time)
    return {**removed, **swept, "BookingsCounted": counted, "FacetChangesCounted": changes}


handler = create_schedule_handler(clean_up, service="cleanup-schedule", needs=(), container=CleanupContainer)
