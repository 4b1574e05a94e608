"""A provider accepts an offer: it is the deal, or a quote."""

from collections.abc import Mapping
from typing import Any

from common.application.matching.agreeing import close_deal, refuse_taken_slot
from common.application.matching.deals import choose_terms, decide_booking, read_parties
from common.application.matching.deps import MatchingDeps
from common.application.matching.offer_access import find_offer_as
from common.application.matching.quoting import make_quote
from common.application.matching.read import MOST_OFFERS
from common.application.matching.replies import Reply, check_reply
from common.application.matching.states import TRIES, Answered, deal_made, require_version
from common.application.shared.together import together
from common.domain.identity.roles import Principal
from common.domain.matching.job_requests import JobRequest
from common.domain.matching.offers import Offer, accept_binds
from common.domain.matching.state_machine import Answer, Outcome, perform_on_offer
from common.domain.shared.actors import ActorKind
from common.domain.shared.errors import SlotUnavailable, Unavailable, VersionConflict
from common.domain.shared.state_machine import parse_input


async def accept_offer(
    deps: MatchingDeps,
    caller: Principal,
    offer_id: str,
    input_: Mapping[str, Any],
    *,
    expected_version: int | None = None,
) -> Answered:
    """Accept an offer as the provider who was asked.

    Where the first valid accept wins, or a counter-offer is taken, the booking, the request, this offer and the others,
    which are withdrawn, commit together; else the answer is a quote that holds its time. Without a start it is the
    first one in the window that the provider's own rules leave free; one that the provider names is theirs to name.
    Harmless to repeat: an answer that has committed is given again.

    Args:
        deps: ports.
        caller: who was asked.
        offer_id: which offer.
        input_: ``start_at``, ``price``, ``valid_until``, ``note`` (``state_machine.Answer``).
        expected_version: the version that was read, where another one shall be refused.

    Raises:
        NotFound: the caller was not asked.
        OfferGone: somebody else was quicker, or it has ended; ``extra`` has its state.
        ActionNotAvailable: a quote stands already, which no counter-offer has answered.
        InvalidInput: a price where it is known or none where it is not, one above the budget, or a start outside the
            window; the field is named.
        SlotUnavailable: the time is taken; ``extra`` has another start, or the offer has lapsed for want of one.
        Conflict: as many quotes stand as may (``too_many_quotes``), or the booking cannot be made.
        VersionConflict: it is not the version that the caller expects.
        Unavailable: it kept changing, or the database is unavailable.
    """
    for number in range(TRIES):
        offer, request, actor = await find_offer_as(deps, caller, offer_id, ActorKind.PROVIDER)
        done = await _done_before(deps, offer, request, input_)
        if done is not None:
            return done
        if number == 0:
            require_version(deps, offer, request, actor, expected_version)
        reply = check_reply(deps, offer, request, actor, "accept", input_)
        try:
            return await (_close if accept_binds(offer, request) else make_quote)(deps, reply)
        except VersionConflict:
            continue
        except SlotUnavailable as taken:
            return await refuse_taken_slot(deps, offer_id, actor, taken)
    raise Unavailable("The offer is being changed by others.", retry_after=1)


async def _done_before(
    deps: MatchingDeps, offer: Offer, request: JobRequest, input_: Mapping[str, Any]
) -> Answered | None:
    """What the same answer has made before: its booking, or the quote that stands."""
    if deal := await deal_made(deps, offer, request):
        return deal
    quote = offer.quote
    if quote is None or not offer.is_quoted or offer.counter is not None:
        return None
    given = parse_input(Answer, input_)
    if not isinstance(given, Answer):
        return None
    is_same_price = given.price is None or given.price.as_money() == quote.total
    is_same = is_same_price and given.start_at in {None, quote.start_at}
    return Answered(offer, request) if is_same else None


async def _close(deps: MatchingDeps, reply: Reply) -> Answered:
    """Make the deal.

    Raises:
        VersionConflict: the request or an offer of it has changed meanwhile.
        SlotUnavailable: the time is taken.
    """
    offer, request, now = reply.offer, reply.request, reply.now
    start = reply.agreed_start()
    parties, offers = await together(
        read_parties(deps, offer, request, reply.actor, start),
        deps.offers.list_by_request(request.id, limit=MOST_OFFERS),
    )
    terms = await choose_terms(deps, reply, parties, start)
    booking = decide_booking(deps, offer, request, parties, terms, now)
    outcome = Outcome(booking_id=booking.booking.id)
    change = perform_on_offer(
        offer, request, reply.action, reply.actor, reply.given, now, deps.settings, outcome=outcome
    )
    return await close_deal(deps, request, change, booking, offers)
