"""A request follows the booking that came of it: it is booked, or looks on."""

from datetime import datetime, timedelta

from common.application.matching.deps import MatchingDeps
from common.application.matching.states import TRIES
from common.application.matching.writing import commit
from common.domain.bookings.booking import Booking, BookingStatus
from common.domain.matching.changes import OfferChange, RequestChange
from common.domain.matching.job_requests import JobRequest
from common.domain.matching.offers import Offer
from common.domain.matching.state_machine import Fallen, Waiting, fire_on_offer, fire_on_request
from common.domain.shared.actors import ActorKind
from common.domain.shared.errors import Unavailable, VersionConflict

#: How soon a booking is looked at again whose hold is over and which has not ended: Stripe is being asked about it.
_LOOK_AGAIN = timedelta(minutes=5)
_WAITS = frozenset({BookingStatus.PENDING_PAYMENT, BookingStatus.REQUESTED})
_FELL_THROUGH = frozenset(
    {BookingStatus.PAYMENT_EXPIRED, BookingStatus.DECLINED, BookingStatus.EXPIRED, BookingStatus.CANCELLED}
)


async def follow_booking(deps: MatchingDeps, booking_id: str) -> None:
    """Bring the request that led to a booking in line with it, whatever was heard of it, and how often.

    An accepted booking ends the search. One that came to nothing before its start brings the request back to where it
    was, without that provider; where the customer has cancelled it themselves, the request ends too: nobody is booked
    and no card is charged for somebody who has just called off.

    Args:
        deps: ports.
        booking_id: which booking; one that no offer led to is passed over.

    Raises:
        Unavailable: it kept changing, or the database is unavailable; look again.
    """
    for _ in range(TRIES):
        booking = await deps.bookings.get(booking_id)
        found = await deps.offers.get_with_request(booking.offer_id) if booking and booking.offer_id else None
        if booking is None or found is None:
            return
        offer, request = found
        if request.booking_id != booking.id:
            return
        now = deps.clock.now()
        change, lapsed = _decide(deps, booking, request, offer, now)
        if change is None:
            return
        try:
            await commit(deps, change, [lapsed] if lapsed else [])
        except VersionConflict:
            continue
        return
    raise Unavailable("The request is being changed by others.", retry_after=1)


def _decide(
    deps: MatchingDeps, booking: Booking, request: JobRequest, offer: Offer, now: datetime
) -> tuple[RequestChange | None, OfferChange | None]:
    """What becomes of the request and of the offer that was taken; nothing where nothing is new."""
    settings = deps.settings
    if booking.status in _WAITS:
        until = max(booking.hold_expires_at or now, now + _LOOK_AGAIN)
        return fire_on_request(request, "check_match", Waiting(until=until), now, settings), None
    if booking.status not in _FELL_THROUGH:
        return fire_on_request(request, "book", None, now, settings), None
    if booking.cancelled_by is ActorKind.CUSTOMER:
        return fire_on_request(request, "end_with_booking", None, now, settings), None
    if (booking.cancelled_at or now) >= booking.slot.start_at and booking.status is BookingStatus.CANCELLED:
        return fire_on_request(request, "book", None, now, settings), None
    reopened = fire_on_request(request, "reopen", Fallen(provider_id=offer.provider_id), now, settings)
    lapsed = fire_on_offer(offer, request, "lapse", now, settings) if reopened else None
    return reopened, lapsed
