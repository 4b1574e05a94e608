"""Guards, checks, timers and effects of an offer's transitions."""

from common.domain.matching.offers import CounterOffer, OfferStatus, accept_binds
from common.domain.matching.state_machine import inputs
from common.domain.matching.state_machine.context import OfferContext, OfferDraft, OfferGuard, OfferTimer, Outcome
from common.domain.matching.windows import last_start, require_budget
from common.domain.scheduling.slot_cells import CELL_MINUTES
from common.domain.shared.actors import ActorKind
from common.domain.shared.errors import InvalidInput
from common.domain.shared.money import Money


def _may_accept(context: OfferContext) -> bool:
    return context.offer.quote is None or context.offer.is_countered


def _may_counter(context: OfferContext) -> bool:
    """The customer answers a quote once, the provider that answer once."""
    offer = context.offer
    if context.actor.kind is ActorKind.PROVIDER:
        return offer.is_countered
    return offer.is_quoted and offer.counter is None


STANDS = OfferGuard("before it ends", lambda context: context.now < context.offer.expires_at)
MAY_ACCEPT = OfferGuard("it is not answered yet, or the customer has made a counter-offer", _may_accept)
MAY_COUNTER = OfferGuard("a quote stands that was not countered yet, or a counter-offer was not answered", _may_counter)
QUOTED = OfferGuard("a quote stands", lambda context: context.offer.is_quoted)
QUOTED_FOR_CUSTOMERS = OfferGuard(
    "a quote stands, where the customer turns it down",
    lambda context: context.actor.kind is not ActorKind.CUSTOMER or context.offer.is_quoted,
)

EXPIRE_TIMER = OfferTimer(
    "when it has not been answered, or the quote not chosen, in time", lambda context: context.offer.expires_at
)


def answer_target(context: OfferContext) -> OfferStatus:
    """Accepted where the provider's yes is the deal; else it is a quote, and the offer stays open."""
    binds = accept_binds(context.offer, context.request)
    return OfferStatus.ACCEPTED if binds else OfferStatus.OPEN


def answer_fits(context: OfferContext) -> None:
    """The answer names a price exactly where the service has none, within the budget, and a start in the window.

    Raises:
        InvalidInput: it does not; the field is named.
    """
    given, offer = context.given(inputs.Answer), context.offer
    known = offer.counter.price if offer.is_countered and offer.counter is not None else offer.price
    if known is not None:
        if given.price is not None and given.price.as_money() != known:
            raise InvalidInput.of("price", "The price is known; leave it out.", "price_is_known")
    elif given.price is None:
        raise InvalidInput.of("price", "Say what it would cost.", "missing")
    else:
        _check_price(given.price, context)
    _check_start(given, context)


def counter_fits(context: OfferContext) -> None:
    """A counter-offer names a price that can be charged, of the same currency, within the budget.

    Raises:
        InvalidInput: it does not; the field is named.
    """
    given, quote = context.given(inputs.Counter), context.offer.quote
    if quote is not None and given.price.currency != quote.total.currency:
        raise InvalidInput.of("price", f"The quote is in {quote.total.currency.upper()}.", "other_currency")
    _check_price(given.price, context)
    _check_start(given, context)


def _check_price(price: Money, context: OfferContext) -> None:
    budget = context.request.budget
    try:
        require_budget(price)
    except InvalidInput as error:
        raise InvalidInput.of("price", error.detail, "not_chargeable") from None
    if budget is not None and price.currency != budget.currency:
        raise InvalidInput.of("price", f"The budget is in {budget.currency.upper()}.", "other_currency")
    if budget is not None and price.amount > budget.amount:
        raise InvalidInput.of("price", "It is more than the budget.", "above_budget")


def _check_start(given: inputs.Answer | inputs.Counter, context: OfferContext) -> None:
    start, window = given.start_at, context.request.window
    if start is None:
        return
    if start.timestamp() % (CELL_MINUTES * 60):
        raise InvalidInput.of("start_at", f"Give a whole multiple of {CELL_MINUTES} minutes.", "off_grid")
    if start <= context.now:
        raise InvalidInput.of("start_at", "The start has passed.", "past")
    if not window.start_at <= start <= last_start(window, context.offer.minutes):
        raise InvalidInput.of("start_at", "The work has to begin and end in the window.", "outside_window")


def record_answer(context: OfferContext, draft: OfferDraft) -> OfferDraft:
    """Keep the quote, whose validity is then the offer's, or the booking that was agreed."""
    outcome = context.outcome or Outcome()
    draft = draft.set(answered_at=draft.offer.answered_at or context.now)
    if draft.offer.status is OfferStatus.ACCEPTED:
        return draft.release().set(booking_id=outcome.booking_id)
    return _with_quote(draft, outcome)


def record_counter(context: OfferContext, draft: OfferDraft) -> OfferDraft:
    """Keep the customer's counter-offer, or the provider's last quote in answer to it."""
    if context.actor.kind is ActorKind.PROVIDER:
        return _with_quote(draft, context.outcome or Outcome())
    given = context.given(inputs.Counter)
    counter = CounterOffer(price=given.price.as_money(), start_at=given.start_at, note=given.note, made_at=context.now)
    return draft.set(counter=counter)


def _with_quote(draft: OfferDraft, outcome: Outcome) -> OfferDraft:
    if outcome.quote is None:
        raise TypeError("a quote is needed")
    return draft.release().set(quote=outcome.quote, claim_id=outcome.claim_id, expires_at=outcome.quote.valid_until)


def record_choice(context: OfferContext, draft: OfferDraft) -> OfferDraft:
    """Keep the booking that the quote becomes, which takes over its time."""
    outcome = context.outcome or Outcome()
    return draft.release().set(booking_id=outcome.booking_id)


def record_decline(context: OfferContext, draft: OfferDraft) -> OfferDraft:
    """Keep who said no, and why."""
    given = context.given(inputs.Decline)
    return draft.release().set(
        declined_by=context.actor.kind,
        decline_reason=given.reason,
        decline_note=given.note,
        answered_at=draft.offer.answered_at or context.now,
    )


def release(_: OfferContext, draft: OfferDraft) -> OfferDraft:
    """Hold no time any more."""
    return draft.release()
