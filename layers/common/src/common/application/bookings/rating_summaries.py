"""Keeping the rating summaries of services and providers in step with what is shown."""

from common.application.bookings.deps import SummaryDeps
from common.domain.bookings.notifications import RATINGS_CLOSED, RATINGS_PUBLISHED
from common.domain.shared.events import Event

RATING_MODERATED = "rating.moderated"
#: Facts after which other ratings are shown than before.
SUMMARY_EVENTS = frozenset({RATINGS_PUBLISHED.type, RATINGS_CLOSED.type, RATING_MODERATED})


async def refresh_summaries(deps: SummaryDeps, event: Event) -> None:
    """Bring the summaries of the booking's service and provider up to date; does nothing for other events.

    The event commits with what is shown, so that a crash in between delays the summaries and leaves none stale.
    Harmless to repeat, in any order.

    Raises:
        Unavailable: the database is unavailable; deliver the event again.
    """
    booking = await deps.bookings.get(event.booking_id) if event.type in SUMMARY_EVENTS and event.booking_id else None
    if booking is not None:
        now = deps.clock.now()
        whose = {"provider_id": booking.provider_id, "service_id": booking.service_id}
        await deps.summaries.apply(booking.id, **whose, now=now)
