"""A provider's answer that is a quote: kept with the time it holds, for the customer to choose or not."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from common.application.matching.agreeing import refuse_taken_slot
from common.application.matching.deals import choose_terms, decide_booking, hold_ids, read_parties
from common.application.matching.deps import MatchingDeps
from common.application.matching.offer_access import find_offer_as
from common.application.matching.read import MOST_OFFERS
from common.application.matching.replies import Reply, check_reply
from common.application.matching.states import TRIES, Answered, require_version
from common.application.matching.writing import write
from common.application.shared.publishing import publish_committed
from common.domain.bookings.booking import BookingChange
from common.domain.identity.roles import Principal
from common.domain.matching.offers import Offer, Quote
from common.domain.matching.state_machine import (
    Answer,
    Outcome,
    Quoted,
    fire_on_request,
    offer_state,
    perform_on_offer,
)
from common.domain.scheduling.slot_cells import SlotClaim
from common.domain.shared.actors import ActorKind
from common.domain.shared.errors import Conflict, InvalidInput, SlotUnavailable, Unavailable, VersionConflict
from common.domain.shared.events import Event

#: No commit takes longer: what is chosen in the last moment still has its time.
_COMMIT_GRACE = timedelta(minutes=1)


async def counter_as_provider(
    deps: MatchingDeps,
    caller: Principal,
    offer_id: str,
    input_: Mapping[str, Any],
    *,
    expected_version: int | None = None,
) -> Answered:
    """Answer a customer's counter-offer with one more quote, as the provider who was asked.

    Args:
        deps: ports.
        caller: who was asked.
        offer_id: which offer.
        input_: ``price``, ``start_at``, ``note`` (``state_machine.Counter``); without a start it is the countered one.
        expected_version: the version that was read, where another one shall be refused.

    Raises:
        NotFound, OfferGone, ActionNotAvailable, InvalidInput, SlotUnavailable, Conflict, VersionConflict: as for
            ``accept_offer``.
        Unavailable: it kept changing, or the database is unavailable.
    """
    for number in range(TRIES):
        offer, request, actor = await find_offer_as(deps, caller, offer_id, ActorKind.PROVIDER)
        if number == 0:
            require_version(deps, offer, request, actor, expected_version)
        reply = check_reply(deps, offer, request, actor, "counter", input_)
        try:
            return await make_quote(deps, reply)
        except VersionConflict:
            continue
        except SlotUnavailable as taken:
            return await refuse_taken_slot(deps, offer_id, actor, taken)
    raise Unavailable("The offer is being changed by others.", retry_after=1)


async def make_quote(deps: MatchingDeps, reply: Reply) -> Answered:
    """Keep a quote and hold its time in one transaction; its lines, taxes and time are those of the booking to be.

    Raises:
        Conflict: as many quotes stand as may (``too_many_quotes``), or no booking could be made.
        InvalidInput: it cannot hold as long as the provider says.
        VersionConflict: the request or the offer has changed meanwhile.
        SlotUnavailable: the time is taken.
    """
    offer, request, now = reply.offer, reply.request, reply.now
    await _refuse_many(deps, reply)
    start = reply.given.start_at or reply.countered_start
    parties = await read_parties(deps, offer, request, reply.actor, start)
    terms = await choose_terms(deps, reply, parties, start)
    rehearsal = decide_booking(deps, offer, request, parties, terms, now)
    quote = Quote(
        lines=rehearsal.booking.price.lines,
        start_at=terms.start_at,
        valid_until=_valid_until(deps, reply, terms.start_at),
        note=reply.given.note,
        is_counter=offer.is_countered,
        made_at=now,
    )
    claims = _hold(offer, rehearsal, quote)
    outcome = Outcome(quote=quote, claim_id=claims[0].id)
    change = perform_on_offer(
        offer, request, reply.action, reply.actor, reply.given, now, deps.settings, outcome=outcome
    )
    noted = fire_on_request(request, "note_quote", Quoted(valid_until=quote.valid_until), now, deps.settings)
    if noted is None:
        raise VersionConflict("The request takes no quotes any more.")
    events: list[Event] = []

    async def record() -> None:
        events[:] = await write(deps, noted, [change])

    await deps.holds.take(claims, released_ids=hold_ids(offer), now=now, write=record)
    await publish_committed(deps.outbox, deps.publisher, events, deps.clock)
    return Answered(change.offer, noted.request)


async def _refuse_many(deps: MatchingDeps, reply: Reply) -> None:
    """Refuse one quote more than may stand; others wait by the request's version, under which each is written.

    Raises:
        Conflict: as many stand as may.
    """
    offers = await deps.offers.list_by_request(reply.request.id, limit=MOST_OFFERS)
    standing = [each for each in offers if each.is_quoted and each.expires_at > reply.now and each.id != reply.offer.id]
    if len(standing) >= deps.settings.quote_limit:
        state = offer_state(reply.offer, reply.request, reply.actor, reply.now, deps.settings)
        raise Conflict("The customer has as many quotes to look at as may be.", code="too_many_quotes", extra=state)


def _valid_until(deps: MatchingDeps, reply: Reply, start: datetime) -> datetime:
    """Until when the quote holds: as the provider says, at most as long as may be, and not beyond its start.

    Raises:
        InvalidInput: it has passed, or is too late.
    """
    last = min(reply.now + deps.settings.quote_validity, start, reply.request.expires_at)
    asked = reply.given.valid_until if isinstance(reply.given, Answer) else None
    if asked is None:
        return last
    if asked <= reply.now:
        raise InvalidInput.of("valid_until", "It has passed.", "past")
    if asked > last:
        raise InvalidInput.of("valid_until", "A quote cannot hold that long.", "too_far")
    return asked


def _hold(offer: Offer, rehearsal: BookingChange, quote: Quote) -> tuple[SlotClaim, ...]:
    """The time of the booking that the quote would become; it is held a moment longer than the quote stands."""
    hold = {"booking_id": offer.id, "purpose": "offer", "expires_at": quote.valid_until + _COMMIT_GRACE}
    return rehearsal.claims[0].model_copy(update=hold).of_each(offer.resource_ids)
