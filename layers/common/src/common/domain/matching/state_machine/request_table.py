"""The request's life in one table. Nothing else assigns a request's status."""

from common.domain.matching import notifications
from common.domain.matching.job_requests import ENDED
from common.domain.matching.job_requests import JobRequestStatus as Status
from common.domain.matching.state_machine import inputs
from common.domain.matching.state_machine import request_rules as rules
from common.domain.matching.state_machine.context import RequestRule, RequestTransition
from common.domain.shared.actors import ActorKind

_CUSTOMER, _OPERATOR, _SYSTEM = ActorKind.CUSTOMER, ActorKind.OPERATOR, ActorKind.SYSTEM
#: While nobody has agreed yet.
_LOOKING = (Status.OPEN, Status.OFFERING)

CREATE = RequestTransition(
    name="create",
    label="Ask for offers",
    note="Asked for.",
    sources=(),
    targets=(Status.OPEN,),
    actors=(_CUSTOMER,),
    summary="the first wave is due at once",
)

_LOOKING_TRANSITIONS = (
    RequestTransition(
        name="send_wave",
        label="Ask the next providers",
        note="Providers were asked.",
        sources=_LOOKING,
        targets=(Status.OFFERING,),
        actors=(_SYSTEM,),
        timer=rules.WAVE_TIMER,
        input=inputs.WaveSent,
        summary="each gets an offer with its score; nobody is asked twice",
        effects=(rules.record_wave,),
        notifications=(RequestRule(notifications.REQUEST_WAVE_SENT),),
    ),
    RequestTransition(
        name="find_nobody",
        label="Stop looking",
        note="Nobody else was found.",
        sources=_LOOKING,
        targets=(Status.OFFERING, Status.EXHAUSTED),
        choose=rules.found_nobody_target,
        actors=(_SYSTEM,),
        guards=(rules.WAVE_DUE,),
        input=inputs.Nobody,
        summary="the reasons are kept by count; exhausted unless somebody may still answer",
        effects=(rules.record_nobody,),
        notifications=(RequestRule(notifications.REQUEST_EXHAUSTED, when=Status.EXHAUSTED),),
    ),
    RequestTransition(
        name="wait",
        label="Look later",
        note="Looked for later.",
        sources=_LOOKING,
        targets=(),
        actors=(_SYSTEM,),
        guards=(rules.WAVE_DUE,),
        input=inputs.Waiting,
        summary="the search was not available, and is made again after {retry_after}, or everybody rests",
        effects=(rules.postpone,),
    ),
    RequestTransition(
        name="note_quote",
        label="Note a quote",
        note="A provider has quoted.",
        sources=(Status.OFFERING,),
        targets=(),
        actors=(_SYSTEM,),
        input=inputs.Quoted,
        summary="not exhausted while the quote stands; at most {quote_limit} stand at once",
        effects=(rules.record_quote,),
    ),
    RequestTransition(
        name="hurry",
        label="Go on at once",
        note="Everybody who was asked has answered.",
        sources=(Status.OFFERING,),
        targets=(),
        actors=(_SYSTEM,),
        summary="the next wave is due now",
        effects=(rules.hurry,),
    ),
    RequestTransition(
        name="exhaust",
        label="Give up",
        note="Nobody is left to ask.",
        sources=(Status.OFFERING,),
        targets=(Status.EXHAUSTED,),
        actors=(_SYSTEM,),
        timer=rules.EXHAUST_TIMER,
        summary="the customer is told the reasons by count, and may widen the request",
        effects=(rules.rest,),
        notifications=(RequestRule(notifications.REQUEST_EXHAUSTED),),
    ),
)

_MATCH_TRANSITIONS = (
    RequestTransition(
        name="match",
        label="Match",
        note="An offer was taken.",
        sources=(Status.OFFERING,),
        targets=(Status.MATCHED,),
        actors=(_SYSTEM,),
        input=inputs.Matched,
        summary="the other offers are withdrawn; the booking waits {matched_hold} for its payment",
        effects=(rules.record_match,),
        notifications=(RequestRule(notifications.REQUEST_MATCHED),),
    ),
    RequestTransition(
        name="check_match",
        label="Look at the booking",
        note="The booking is not paid yet.",
        sources=(Status.MATCHED,),
        targets=(),
        actors=(_SYSTEM,),
        timer=rules.MATCH_TIMER,
        input=inputs.Waiting,
        summary="what became of the booking is applied, where nobody has said so",
        effects=(rules.look_later,),
    ),
    RequestTransition(
        name="book",
        label="Book",
        note="The booking is agreed.",
        sources=(Status.MATCHED,),
        targets=(Status.BOOKED,),
        actors=(_SYSTEM,),
        guards=(rules.OF_A_BOOKING,),
        summary="what follows is the booking's",
        effects=(rules.rest,),
        notifications=(RequestRule(notifications.REQUEST_BOOKED),),
    ),
    RequestTransition(
        name="reopen",
        label="Look on",
        note="The booking came to nothing.",
        sources=(Status.MATCHED, Status.BOOKED),
        targets=(Status.OFFERING, Status.EXPIRED),
        choose=rules.reopened_target,
        actors=(_SYSTEM,),
        guards=(rules.OF_A_BOOKING,),
        input=inputs.Fallen,
        summary="after an expired payment, a decline, or a cancellation by the provider before the start; that offer "
        "lapses and the next wave is due at once",
        effects=(rules.look_on,),
        notifications=(
            RequestRule(notifications.REQUEST_REOPENED, when=Status.OFFERING),
            RequestRule(notifications.REQUEST_EXPIRED, when=Status.EXPIRED),
        ),
    ),
    RequestTransition(
        name="end_with_booking",
        label="End with the booking",
        note="The customer cancelled the booking.",
        sources=(Status.MATCHED, Status.BOOKED),
        targets=(Status.CANCELLED,),
        actors=(_SYSTEM,),
        guards=(rules.OF_A_BOOKING,),
        summary="nobody else is asked",
        effects=(rules.rest,),
    ),
)

_ENDING_TRANSITIONS = (
    RequestTransition(
        name="extend",
        label="Widen the request",
        note="Widened.",
        sources=(Status.EXHAUSTED,),
        targets=(Status.OPEN,),
        actors=(_CUSTOMER,),
        guards=(rules.MAY_EXTEND,),
        checks=(rules.extension_widens,),
        input=inputs.Extension,
        summary="a wider radius, a longer window or a higher budget; the first wave is due at once",
        effects=(rules.widen,),
        notifications=(RequestRule(notifications.REQUEST_EXTENDED),),
    ),
    RequestTransition(
        name="cancel",
        label="Cancel the request",
        note="Cancelled.",
        sources=(*_LOOKING, Status.EXHAUSTED),
        targets=(Status.CANCELLED,),
        actors=(_CUSTOMER, _OPERATOR),
        input=inputs.Reason,
        is_critical=True,
        summary="open offers are withdrawn; once somebody has agreed, the booking is cancelled instead",
        effects=(rules.rest,),
        notifications=(RequestRule(notifications.REQUEST_CANCELLED),),
    ),
    RequestTransition(
        name="expire",
        label="Let the request end",
        note="Its window is over.",
        sources=(*_LOOKING, Status.EXHAUSTED),
        targets=(Status.EXPIRED,),
        actors=(_SYSTEM,),
        timer=rules.EXPIRE_TIMER,
        summary="open offers are withdrawn",
        effects=(rules.rest,),
        notifications=(RequestRule(notifications.REQUEST_EXPIRED),),
    ),
)

#: Every action, in the order in which they are offered.
REQUEST_TABLE: tuple[RequestTransition, ...] = (
    CREATE,
    *_LOOKING_TRANSITIONS,
    *_MATCH_TRANSITIONS,
    *_ENDING_TRANSITIONS,
)
REQUEST_TRANSITIONS: dict[str, RequestTransition] = {each.name: each for each in REQUEST_TABLE}
#: The window's end decides between equals: nobody is asked for what cannot begin any more.
TIMED_REQUEST_TRANSITIONS: tuple[RequestTransition, ...] = tuple(
    sorted((each for each in REQUEST_TABLE if each.timer is not None), key=lambda each: each.name != "expire")
)
#: Statuses that no action leaves.
REQUEST_TERMINAL = ENDED
