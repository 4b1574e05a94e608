"""A customer answers a quote: it becomes the booking, or is countered."""

from collections.abc import Mapping
from typing import Any

from common.application.matching.agreeing import close_deal
from common.application.matching.deals import Terms, decide_booking, read_parties
from common.application.matching.deps import MatchingDeps
from common.application.matching.offer_access import find_offer_as
from common.application.matching.read import MOST_OFFERS
from common.application.matching.states import TRIES, Answered, deal_made, refuse_gone, require_version, with_state
from common.application.matching.writing import commit
from common.application.shared.together import together
from common.domain.bookings.state_machine import AgreedLine
from common.domain.identity.roles import Principal
from common.domain.matching.job_requests import JobRequest
from common.domain.matching.offers import Offer, Quote
from common.domain.matching.state_machine import Choice, Outcome, check_offer_action, perform_on_offer
from common.domain.shared.actors import Actor, ActorKind
from common.domain.shared.errors import Conflict, FeeNotAccepted, SlotUnavailable, Unavailable, VersionConflict


async def choose_offer(
    deps: MatchingDeps,
    caller: Principal,
    request_id: str,
    offer_id: str,
    input_: Mapping[str, Any] | None = None,
    *,
    expected_version: int | None = None,
) -> Answered:
    """Choose one of the quotes for the caller's request: it becomes the booking, and the other offers are withdrawn.

    The time that the quote holds is the booking's. A saved card that came with the request is authorized at once by the
    payments worker; without one the booking waits for its payment. Harmless to repeat. A provider may quote another
    price while the customer looks at one, so that what was seen is named: by its price or by the offer's version.

    Args:
        deps: ports.
        caller: whose request it is.
        request_id: which request.
        offer_id: the offer with the quote.
        input_: ``accepted_price`` (``state_machine.Choice``).
        expected_version: the version of the offer that was read, where another one shall be refused.

    Raises:
        FeeNotAccepted: neither was named, or the quote is of another price; ``extra`` has the one of now.
        NotFound: the caller has no such request, or it no such offer.
        OfferGone: the quote has ended, or another one was chosen; ``extra`` has its state.
        ActionNotAvailable: no quote stands.
        Conflict: its provider cannot take the booking now.
        SlotUnavailable: the time is taken after all.
        VersionConflict: it is not the version that the caller expects.
        Unavailable: it kept changing, or the database is unavailable.
    """
    for number in range(TRIES):
        offer, request, actor = await find_offer_as(deps, caller, offer_id, ActorKind.CUSTOMER, request_id=request_id)
        if deal := await deal_made(deps, offer, request):
            return deal
        if number > 0:
            # Who loses a race learns that it is lost, rather than that the version is another.
            refuse_gone(deps, offer, request, actor)
        require_version(deps, offer, request, actor, expected_version)
        try:
            return await _choose(deps, offer, request, actor, input_, is_version_seen=expected_version is not None)
        except VersionConflict:
            continue
        except SlotUnavailable as taken:
            # A second press may meet the booking of the first.
            stored = await deps.offers.get(offer_id)
            if stored is not None and stored.version == offer.version:
                raise with_state(deps, taken, offer, request, actor) from None
    raise Unavailable("The offer is being changed by others.", retry_after=1)


async def counter_as_customer(
    deps: MatchingDeps,
    caller: Principal,
    request_id: str,
    offer_id: str,
    input_: Mapping[str, Any],
    *,
    expected_version: int | None = None,
) -> Answered:
    """Answer a quote with what the caller would pay instead, once for each offer; the quote stands meanwhile.

    Args:
        deps: ports.
        caller: whose request it is.
        request_id: which request.
        offer_id: the offer with the quote.
        input_: ``price``, ``start_at``, ``note`` (``state_machine.Counter``).
        expected_version: the version of the offer that was read, where another one shall be refused.

    Raises:
        NotFound, OfferGone, ActionNotAvailable, VersionConflict, Unavailable: as for ``choose_offer``.
        InvalidInput: price or start cannot be; the field is named.
    """
    for number in range(TRIES):
        offer, request, actor = await find_offer_as(deps, caller, offer_id, ActorKind.CUSTOMER, request_id=request_id)
        if number == 0:
            require_version(deps, offer, request, actor, expected_version)
        refuse_gone(deps, offer, request, actor)
        now = deps.clock.now()
        change = perform_on_offer(offer, request, "counter", actor, input_, now, deps.settings)
        try:
            await commit(deps, None, [change])
        except VersionConflict:
            continue
        return Answered(change.offer, request)
    raise Unavailable("The offer is being changed by others.", retry_after=1)


async def _choose(
    deps: MatchingDeps,
    offer: Offer,
    request: JobRequest,
    actor: Actor,
    input_: Mapping[str, Any] | None,
    *,
    is_version_seen: bool,
) -> Answered:
    refuse_gone(deps, offer, request, actor)
    now = deps.clock.now()
    given = check_offer_action(offer, request, "choose", actor, input_, now, deps.settings)
    quote = offer.quote
    if quote is None or not isinstance(given, Choice):
        raise TypeError("the quote and the input were checked")
    if refused := _disagreement(given, quote, is_version_seen=is_version_seen):
        raise with_state(deps, refused, offer, request, actor)
    parties, provider, offers = await together(
        read_parties(deps, offer, request, actor, quote.start_at),
        deps.users.get(offer.provider_user_id),
        deps.offers.list_by_request(request.id, limit=MOST_OFFERS),
    )
    if provider is None or not provider.is_usable:
        raise Conflict("This provider cannot take bookings now.", code="provider_not_bookable")
    lines = tuple(AgreedLine(line.amount, line.label) for line in quote.lines)
    booking = decide_booking(deps, offer, request, parties, Terms(lines, quote.start_at), now)
    outcome = Outcome(booking_id=booking.booking.id)
    change = perform_on_offer(offer, request, "choose", actor, given, now, deps.settings, outcome=outcome)
    return await close_deal(deps, request, change, booking, offers)


def _disagreement(given: Choice, quote: Quote, *, is_version_seen: bool) -> FeeNotAccepted | None:
    """Why a quote is not what its customer has said to have seen; the refusal tells what it costs now."""
    agreed = given.accepted_price
    if is_version_seen if agreed is None else agreed.as_money() == quote.total:
        return None
    detail = "Send accepted_price, the total of the quote that you choose, or If-Match with the offer's version."
    if agreed is not None:
        detail = "The price is not what you agreed to."
    shown = {"total": quote.total.model_dump(mode="json"), "start_at": quote.start_at.isoformat()}
    return FeeNotAccepted(detail, extra={"quote": shown})
