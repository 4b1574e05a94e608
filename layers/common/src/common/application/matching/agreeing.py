"""The deal: the request, the offer, the others and the booking commit together, or nothing of them does."""

from collections.abc import Sequence

from common.application.matching.closing import end_offers
from common.application.matching.deals import free_start, read_parties
from common.application.matching.deps import MatchingDeps
from common.application.matching.endings import lapse
from common.application.matching.states import Answered, deal_made, refuse_gone, with_state
from common.application.matching.writing import write
from common.application.shared.publishing import publish_committed
from common.application.shared.together import together
from common.domain.bookings.booking import BookingChange
from common.domain.catalogue.providers import PROVIDER_SWITCHED
from common.domain.matching.changes import OfferChange
from common.domain.matching.job_requests import JobRequest
from common.domain.matching.offers import Offer
from common.domain.matching.state_machine import Matched, fire_on_request
from common.domain.shared.actors import Actor
from common.domain.shared.errors import Conflict, SlotUnavailable, VersionConflict
from common.domain.shared.events import Event, Topic, new_event

_DUPLICATE = "duplicate_booking"


async def close_deal(
    deps: MatchingDeps, request: JobRequest, taken: OfferChange, booking: BookingChange, offers: Sequence[Offer]
) -> Answered:
    """Commit a deal in one transaction, and send what it tells.

    The request's version comes first: of any number of deals about it one commits, and the others fail at once. What
    is to be done at Stripe is recorded with it and left to the payments worker.

    Args:
        deps: ports.
        request: as it was decided on.
        taken: the offer that is accepted or chosen.
        booking: what it becomes.
        offers: all offers of the request, as read since the request was.

    Raises:
        VersionConflict: the request or one of its offers has changed meanwhile, or the offer has its booking already.
        SlotUnavailable: something takes some of the time.
        Unavailable: the database did not take it; nothing is known to be written.
    """
    now, made = taken.offer.updated_at, booking.booking
    match = fire_on_request(
        request,
        "match",
        Matched(offer_id=taken.offer.id, booking_id=made.id, until=made.hold_expires_at or now),
        now,
        deps.settings,
    )
    if match is None:
        raise VersionConflict("The request needs nobody any more.")
    changes = [taken, *await end_offers(deps, match.request, apart_from=taken.offer.id, known=offers)]
    events: list[Event] = []

    async def record() -> None:
        events[:] = await write(deps, match, changes, also=booking.events)

    try:
        await deps.bookings.commit_with(booking.model_copy(update={"events": []}), record)
    except Conflict as refused:
        if refused.wire_code == _DUPLICATE:
            raise VersionConflict("The offer has its booking already.") from refused
        raise
    await together(
        publish_committed(deps.outbox, deps.publisher, events, deps.clock),
        _tell_of_absence(deps, booking),
    )
    return Answered(taken.offer, match.request, made)


async def _tell_of_absence(deps: MatchingDeps, booking: BookingChange) -> None:
    """Have the provider's bookings brought in line with their account, where it was suspended while this was decided.

    Whoever suspends it looks through the bookings that have committed by then, and so this reads it after the commit.
    """
    made, now = booking.booking, deps.clock.now()
    user = await deps.users.get(made.provider_user_id)
    if user is None or user.is_usable:
        return
    event = new_event(Topic.PAYMENTS, PROVIDER_SWITCHED, now, provider_id=made.provider_id)
    await deps.outbox.insert([event])
    await publish_committed(deps.outbox, deps.publisher, [event], deps.clock)


async def refuse_taken_slot(deps: MatchingDeps, offer_id: str, actor: Actor, refused: SlotUnavailable) -> Answered:
    """What follows where the time of an answer is taken: by its own booking, or by something else.

    Where nothing in the window is free any more the offer lapses.

    Args:
        deps: ports.
        offer_id: which offer.
        actor: the provider who answered.
        refused: by whom the time is taken, as the database said.

    Returns:
        The deal that this answer has made before.

    Raises:
        SlotUnavailable: it has made none: the refusal, with the offer's state and another free start
            (``next_start_at``), if there is one.
        OfferGone: it has ended meanwhile.
    """
    found = await deps.offers.get_with_request(offer_id)
    if found is None:
        raise refused from None
    offer, request = found
    if deal := await deal_made(deps, offer, request):
        return deal
    refuse_gone(deps, offer, request, actor)
    now = deps.clock.now()
    parties = await read_parties(deps, offer, request, actor, now)
    free = await free_start(deps, offer, request, parties.offered.provider, now, is_notice_waived=True)
    if free is None:
        offer = await lapse(deps, offer, request, now)
    refused.extra |= {"next_start_at": free[0].isoformat() if free else None}
    raise with_state(deps, refused, offer, request, actor) from None
