"""Works on the matching queue: job requests at their times, by their bookings, and of people who leave; no FastAPI."""

from common.application.identity.erasure import ACCOUNT_LEFT
from common.application.matching.due import run_due
from common.application.matching.follow_booking import follow_booking
from common.application.matching.leaving import end_for_who_left
from common.application.matching.writing import REQUEST_DUE
from common.domain.shared.events import Event
from common.runtime.container.matching import MatchingContainer
from common.runtime.needs import EVENTS
from common.runtime.sqs import create_event_handler


async def process(container: MatchingContainer, event: Event) -> None:
    """Do what is due of the request that an event is about, or let it follow the booking that came of it."""
    if event.type == REQUEST_DUE:
        await run_due(container.matching, str(event.payload["request_id"]))
    elif event.booking_id is not None:
        await follow_booking(container.matching, event.booking_id)
    elif event.type == ACCOUNT_LEFT:
        await end_for_who_left(container.matching, str(event.payload["user_id"]), event.payload.get("provider_id"))


handler = create_event_handler(process, service="matching-queue", needs=(EVENTS,), container=MatchingContainer)
