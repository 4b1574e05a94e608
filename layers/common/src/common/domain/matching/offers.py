"""The offer: one provider asked about one job request, with the score that explains why."""

from datetime import datetime
from enum import StrEnum

from pydantic import Field

from common.domain.bookings.price_lines import PriceLine
from common.domain.matching.job_requests import JobRequest, Mode
from common.domain.shared.actors import ActorKind
from common.domain.shared.ids import BOOKING_PREFIX
from common.domain.shared.model import Model
from common.domain.shared.money import Money

#: The kind of an offer's id.
OFFER_PREFIX = "off"
#: Characters of a word that comes with a quote, a counter-offer or a decline.
OFFER_NOTE_LIMIT = 500


class OfferStatus(StrEnum):
    """Where the offer stands.

    ``withdrawn``: the request needs nobody any more. ``lapsed``: it was taken and came to nothing, or there is no free
    time left for it.
    """

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


class DeclineReason(StrEnum):
    """Why a provider does not want the job, or a customer the quote."""

    TOO_BUSY = "too_busy"
    TOO_FAR = "too_far"
    BUDGET_TOO_LOW = "budget_too_low"
    NOT_MY_WORK = "not_my_work"
    UNCLEAR = "unclear"
    TOO_EXPENSIVE = "too_expensive"
    OTHER = "other"


class PartName(StrEnum):
    """What a score is made of, in the order in which it is shown."""

    DISTANCE = "distance"
    RATING = "rating"
    ANSWERING = "answering"
    FAIRNESS = "fairness"
    ROOM = "room"
    PRICE = "price"
    REPEAT = "repeat"
    NEWCOMER = "newcomer"


class ScorePart(Model):
    """One part of a score: ``points`` of at most ``max``, and why, in a sentence that either side may read."""

    name: PartName
    points: int
    max: int
    reason: str


class Score(Model):
    """Why a provider was asked: the points are the sum of the parts'. ``weights_version`` names the weights."""

    points: int
    parts: list[ScorePart]
    weights_version: str


class Quote(Model):
    """What a provider would do the job for, and when; its time is held until ``valid_until``.

    ``is_counter`` says that it answers the customer's counter-offer.
    """

    lines: list[PriceLine] = Field(min_length=1)
    start_at: datetime
    valid_until: datetime
    note: str = ""
    is_counter: bool = False
    made_at: datetime

    @property
    def total(self) -> Money:
        """The sum of the lines."""
        currency = self.lines[0].unit_amount.currency
        return Money(amount=sum([each.minor_units for each in self.lines]), currency=currency)


class CounterOffer(Model):
    """What the customer would pay instead of a quote, once an offer; the provider takes it or quotes once more."""

    price: Money
    start_at: datetime | None = None
    note: str = ""
    made_at: datetime


class Offer(Model):
    """An offer, whole. Only the state machine makes a new one from an old one.

    ``version`` rises by one with each committed change and is the optimistic lock.

    Args:
        minutes: how long the work takes, as far as it was known when the provider was asked.
        wave: the wave in which the provider was asked.
        expires_at: until when it may be answered; with a quote, until when the quote holds.
        score: why this provider.
        distance_m: metres from the provider to the point that is shown in the place's stead; ``None`` online.
        soonest_start_at: the first free time in the window when the provider was asked.
        price: what the work costs, where the service has a price; ``None`` where the provider names it.
        quote: the provider's price and time, where that is what they answered.
        counter: the customer's answer to the quote.
        claim_id: the name of the claims that hold a quote's time.
        resource_ids: what the work takes the time of.
        booking_id: the booking that came of it.
        declined_by: who turned it down, with ``decline_reason`` and a word in ``decline_note``.
        answered_at: when the provider first answered, by accepting, quoting or declining.
        next_due_at: its one timer's instant, with ``next_due_action``.
    """

    id: str
    version: int = 1
    request_id: str
    customer_id: str
    provider_id: str
    provider_user_id: str
    service_id: str
    service_title: str = ""
    provider_name: str = ""
    status: OfferStatus = OfferStatus.OPEN
    minutes: int
    wave: int
    expires_at: datetime
    score: Score
    distance_m: int | None = None
    soonest_start_at: datetime | None = None
    price: Money | None = None
    quote: Quote | None = None
    counter: CounterOffer | None = None
    claim_id: str | None = None
    resource_ids: list[str] = Field(default_factory=list)
    booking_id: str | None = None
    declined_by: ActorKind | None = None
    decline_reason: DeclineReason | None = None
    decline_note: str = ""
    answered_at: datetime | None = None
    next_due_at: datetime | None = None
    next_due_action: str | None = None
    created_at: datetime
    updated_at: datetime

    @property
    def is_quoted(self) -> bool:
        """Whether a quote stands that the customer may choose."""
        return self.status is OfferStatus.OPEN and self.quote is not None

    @property
    def is_countered(self) -> bool:
        """Whether the customer's counter-offer waits for the provider's answer."""
        return self.counter is not None and not (self.quote is not None and self.quote.is_counter)


def booking_id_of(offer_id: str) -> str:
    """The id of the booking that an offer becomes: it bears the offer's number, so that there is never a second one."""
    return f"{BOOKING_PREFIX}_{offer_id.partition('_')[2]}"


def accept_binds(offer: Offer, request: JobRequest) -> bool:
    """Whether the provider's yes is the deal, rather than a quote that the customer chooses or not.

    It is where the first valid accept wins and the customer has said what the work may cost: the service has a price,
    or the request a budget. It is too where the provider takes the customer's counter-offer.
    """
    if offer.is_countered:
        return True
    return request.mode is Mode.FIRST and (offer.price is not None or request.budget is not None)


def pays_at_once(request: JobRequest, offer: Offer) -> bool:
    """Whether a saved card is authorized as soon as the offer is taken.

    It is where the customer has agreed to the amount: by a budget, by asking for this service, which has its price, or
    by choosing the quote. Otherwise they see the price first and pay on the booking's page.
    """
    if request.payment_method_id is None:
        return False
    is_known = offer.price is not None and request.service_id == offer.service_id
    return request.budget is not None or is_known or offer.quote is not None
