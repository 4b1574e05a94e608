"""A provider's answer in its place, and what it says of price and start."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from common.application.matching.deps import MatchingDeps
from common.application.matching.states import refuse_gone
from common.domain.matching.job_requests import JobRequest
from common.domain.matching.offers import Offer
from common.domain.matching.state_machine import Answer, Counter, check_offer_action
from common.domain.shared.actors import Actor
from common.domain.shared.errors import InvalidInput
from common.domain.shared.money import Money


@dataclass(frozen=True)
class Reply:
    """A provider's answer, checked: to which offer of which request, in whose name, what it says, and when."""

    offer: Offer
    request: JobRequest
    actor: Actor
    action: str
    given: Answer | Counter
    now: datetime

    @property
    def countered_start(self) -> datetime | None:
        """The start of the customer's counter-offer, which is the quote's if it names none; ``None`` without one."""
        offer = self.offer
        if not offer.is_countered or offer.counter is None or offer.quote is None:
            return None
        return offer.counter.start_at or offer.quote.start_at

    def price(self) -> Money:
        """What is agreed to or quoted: what the provider names, or what is known and so was not to be named."""
        offer, named = self.offer, self.given.price
        if named is not None:
            return named.as_money()
        known = offer.counter.price if offer.is_countered and offer.counter else offer.price
        if known is None:
            raise TypeError("the price was checked to be known or named")
        return known

    def agreed_start(self) -> datetime | None:
        """The start of a deal; of a counter-offer it is the customer's. ``None`` where nobody names one.

        Raises:
            InvalidInput: the provider names another one than the counter-offer.
        """
        countered, named = self.countered_start, self.given.start_at
        if countered is not None and named not in {None, countered}:
            raise InvalidInput.of("start_at", "The counter-offer is for another start; leave it out.", "start_is_known")
        return countered or named


def check_reply(
    deps: MatchingDeps, offer: Offer, request: JobRequest, actor: Actor, action: str, input_: Mapping[str, Any]
) -> Reply:
    """An answer, read and checked against the offer as it is.

    Raises:
        OfferGone: it is too late for any.
        ActionNotAvailable, InvalidInput: as the state machine rules, or nothing is sold in the currency of the price.
    """
    refuse_gone(deps, offer, request, actor)
    now = deps.clock.now()
    given = check_offer_action(offer, request, action, actor, input_, now, deps.settings)
    if not isinstance(given, Answer | Counter):
        raise TypeError(f"{action} asks for something else")
    if given.price is not None:
        deps.platform.require_sale_in(given.price.currency, "price")
    return Reply(offer, request, actor, action, given, now)
