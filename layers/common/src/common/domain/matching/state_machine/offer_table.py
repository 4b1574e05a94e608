"""The offer's life in one table. Nothing else assigns an offer's status."""

from common.domain.matching import notifications
from common.domain.matching.offers import OfferStatus as Status
from common.domain.matching.state_machine import inputs
from common.domain.matching.state_machine import offer_rules as rules
from common.domain.matching.state_machine.context import OfferRule, OfferTransition
from common.domain.shared.actors import ActorKind

_CUSTOMER, _PROVIDER, _SYSTEM = ActorKind.CUSTOMER, ActorKind.PROVIDER, ActorKind.SYSTEM

MAKE = OfferTransition(
    name="make",
    label="Ask",
    note="The provider was asked.",
    sources=(),
    targets=(Status.OPEN,),
    actors=(_SYSTEM,),
    summary="open for {offer_gaps} times the gap between waves",
    notifications=(OfferRule(notifications.OFFER_MADE),),
)

#: Every action, in the order in which they are offered.
OFFER_TABLE: tuple[OfferTransition, ...] = (
    MAKE,
    OfferTransition(
        name="accept",
        label="Accept",
        note="Accepted.",
        sources=(Status.OPEN,),
        targets=(Status.ACCEPTED, Status.OPEN),
        choose=rules.answer_target,
        actors=(_PROVIDER,),
        guards=(rules.STANDS, rules.MAY_ACCEPT),
        checks=(rules.answer_fits,),
        input=inputs.Answer,
        summary="the deal where the first accept wins, or a counter-offer is taken: it becomes a booking and the other "
        "offers are withdrawn; else a quote that holds its time",
        effects=(rules.record_answer,),
        notifications=(
            OfferRule(notifications.OFFER_ACCEPTED, when=Status.ACCEPTED),
            OfferRule(notifications.OFFER_QUOTED, when=Status.OPEN),
        ),
    ),
    OfferTransition(
        name="choose",
        label="Choose this quote",
        note="Chosen.",
        sources=(Status.OPEN,),
        targets=(Status.ACCEPTED,),
        actors=(_CUSTOMER,),
        guards=(rules.STANDS, rules.QUOTED),
        input=inputs.Choice,
        is_critical=True,
        summary="the quote becomes a booking; the other offers are withdrawn",
        effects=(rules.record_choice,),
        notifications=(OfferRule(notifications.OFFER_CHOSEN),),
    ),
    OfferTransition(
        name="counter",
        label="Make a counter-offer",
        note="Countered.",
        sources=(Status.OPEN,),
        targets=(),
        actors=(_CUSTOMER, _PROVIDER),
        guards=(rules.STANDS, rules.MAY_COUNTER),
        checks=(rules.counter_fits,),
        input=inputs.Counter,
        summary="once each way: the customer answers a quote, the provider quotes once more",
        effects=(rules.record_counter,),
        notifications=(OfferRule(notifications.OFFER_COUNTERED, to_others=True),),
    ),
    OfferTransition(
        name="decline",
        label="Decline",
        note="Declined.",
        sources=(Status.OPEN,),
        targets=(Status.DECLINED,),
        actors=(_PROVIDER, _CUSTOMER),
        guards=(rules.STANDS, rules.QUOTED_FOR_CUSTOMERS),
        input=inputs.Decline,
        is_critical=True,
        summary="this provider is not asked again for this request",
        effects=(rules.record_decline,),
        notifications=(OfferRule(notifications.OFFER_DECLINED),),
    ),
    OfferTransition(
        name="expire",
        label="Let the offer end",
        note="Not answered in time.",
        sources=(Status.OPEN,),
        targets=(Status.EXPIRED,),
        actors=(_SYSTEM,),
        timer=rules.EXPIRE_TIMER,
        summary="its time is free again",
        effects=(rules.release,),
        notifications=(OfferRule(notifications.OFFER_EXPIRED),),
    ),
    OfferTransition(
        name="withdraw",
        label="Withdraw",
        note="The request needs nobody any more.",
        sources=(Status.OPEN,),
        targets=(Status.WITHDRAWN,),
        actors=(_SYSTEM,),
        summary="its time is free again",
        effects=(rules.release,),
        notifications=(OfferRule(notifications.OFFER_WITHDRAWN),),
    ),
    OfferTransition(
        name="lapse",
        label="Let it lapse",
        note="It came to nothing.",
        sources=(Status.OPEN, Status.ACCEPTED),
        targets=(Status.LAPSED,),
        actors=(_SYSTEM,),
        summary="no time is free for it any more, or its booking was not paid, declined or cancelled before the start",
        effects=(rules.release,),
        notifications=(OfferRule(notifications.OFFER_LAPSED),),
    ),
)
OFFER_TRANSITIONS: dict[str, OfferTransition] = {each.name: each for each in OFFER_TABLE}
TIMED_OFFER_TRANSITIONS: tuple[OfferTransition, ...] = tuple(each for each in OFFER_TABLE if each.timer is not None)
#: Statuses that no action leaves.
OFFER_TERMINAL = frozenset({Status.DECLINED, Status.EXPIRED, Status.WITHDRAWN, Status.LAPSED})
