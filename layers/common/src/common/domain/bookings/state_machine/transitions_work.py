"""The rows of the day itself, and of what goes wrong on it."""

from datetime import timedelta

from common.domain.bookings import notifications
from common.domain.bookings.booking import BookingStatus as Status
from common.domain.bookings.state_machine import checks, consequences, effects, guards, inputs, timers
from common.domain.bookings.state_machine.context import Context
from common.domain.bookings.state_machine.transition import (
    CUSTOMER,
    OPERATOR,
    PROVIDER,
    SYSTEM,
    BookingTransition,
    notify,
)
from common.domain.shared.state_machine import ActionInput, AttemptLimit, Nothing


def _after_decision(context: Context) -> Status:
    return Status.DISPUTED if effects.is_first_approval(context) else Status.SETTLED


def _code_in_person(context: Context) -> type[ActionInput]:
    return inputs.StartCode if context.booking.place.kind.is_in_person else Nothing


#: Six digits would be guessed in time, were they not asked for a few times an hour only.
_CODE_LIMIT = AttemptLimit(
    key="start-code",
    count=10,
    window=timedelta(hours=1),
    message="Too many tries. Ask the customer for the code.",
)

WORK_TRANSITIONS = (
    BookingTransition(
        name="start",
        label="Start",
        note="Work started.",
        sources=(Status.ACCEPTED,),
        targets=(Status.IN_PROGRESS,),
        actors=(PROVIDER,),
        guards=(guards.START_WINDOW,),
        checks=(checks.code_matches,),
        input=inputs.StartCode,
        choose_input=_code_in_person,
        attempt_limit=_CODE_LIMIT,
        summary="the work runs; the customer's code proves that both are there, and online none is asked for",
        effects=(effects.record_start,),
        notifications=(notify(notifications.STARTED),),
    ),
    BookingTransition(
        name="set_online_link",
        label="Set the link",
        note="The link to meet online was set.",
        sources=(Status.REQUESTED, Status.ACCEPTED, Status.IN_PROGRESS),
        targets=(),
        actors=(PROVIDER,),
        guards=(guards.ONLINE,),
        checks=(checks.link_is_another,),
        input=inputs.OnlineLink,
        summary="the link of this booking alone; the customer sees it while the work is agreed or under way, "
        "and is told of each change then",
        effects=(effects.set_online_link,),
        notifications=(
            notify(notifications.ONLINE_LINK_SET, when=Status.ACCEPTED),
            notify(notifications.ONLINE_LINK_SET, when=Status.IN_PROGRESS),
        ),
    ),
    BookingTransition(
        name="mark_no_show",
        label="Report as absent",
        note="The other party was reported absent.",
        sources=(Status.ACCEPTED,),
        targets=(Status.NO_SHOW,),
        actors=(CUSTOMER, PROVIDER),
        guards=(guards.NO_SHOW_TIME,),
        input=inputs.Agreement,
        is_critical=True,
        consequences=consequences.of_absence,
        summary="{no_show_contest} to contest, then fee or refund",
        effects=(effects.record_absence,),
        notifications=(notify(notifications.NO_SHOW_REPORTED),),
    ),
    BookingTransition(
        name="apply_no_show",
        label="Apply the absence",
        note="The absence was not contested.",
        sources=(Status.NO_SHOW,),
        targets=(),
        actors=(SYSTEM,),
        timer=timers.APPLY_NO_SHOW,
        summary="an absent customer pays the fee, an absent provider gets nothing",
        effects=(effects.decide_absence,),
        notifications=(notify(notifications.NO_SHOW_APPLIED),),
    ),
    BookingTransition(
        name="complete",
        label="Complete",
        note="Work completed.",
        sources=(Status.IN_PROGRESS,),
        targets=(Status.COMPLETED,),
        actors=(PROVIDER, CUSTOMER, SYSTEM),
        timer=timers.COMPLETE,
        summary="captured; payout held; ratings open",
        effects=(effects.record_completion, effects.owe_price),
        notifications=(notify(notifications.COMPLETED),),
    ),
    BookingTransition(
        name="flag_unstarted",
        label="Ask a person",
        note="The work was never started; an operator decides.",
        sources=(Status.ACCEPTED,),
        targets=(Status.DISPUTED,),
        actors=(SYSTEM,),
        timer=timers.FLAG_UNSTARTED,
        summary="an operator decides",
        effects=(effects.open_case,),
        notifications=(notify(notifications.DISPUTED),),
    ),
)

RESOLVE = BookingTransition(
    name="resolve",
    label="Decide",
    note="An operator decided the dispute.",
    sources=(Status.DISPUTED,),
    targets=(Status.SETTLED, Status.DISPUTED),
    choose=_after_decision,
    actors=(OPERATOR,),
    guards=(guards.SECOND_PERSON, guards.MONEY_AT_REST),
    checks=(checks.refund_is_possible,),
    input=inputs.Resolution,
    is_critical=True,
    summary="captured, refunded and transferred as decided; a second operator's approval above the threshold",
    effects=(effects.decide_case,),
    notifications=(
        notify(notifications.DISPUTE_RESOLVED, when=Status.SETTLED, to_others=True),
        notify(notifications.SECOND_APPROVAL_NEEDED, when=Status.DISPUTED),
    ),
)

DISPUTE_TRANSITIONS = (
    BookingTransition(
        name="contest",
        label="Contest",
        note="The absence was contested.",
        sources=(Status.NO_SHOW,),
        targets=(Status.DISPUTED,),
        actors=(CUSTOMER, PROVIDER),
        guards=(guards.MAY_CONTEST,),
        input=inputs.DisputeInput,
        summary="an operator decides",
        effects=(effects.open_case,),
        notifications=(notify(notifications.DISPUTED),),
    ),
    BookingTransition(
        name="open_dispute",
        label="Report a problem",
        note="A dispute was opened.",
        sources=(Status.IN_PROGRESS, Status.COMPLETED, Status.NO_SHOW),
        targets=(Status.DISPUTED,),
        actors=(CUSTOMER, PROVIDER),
        guards=(guards.DISPUTE_TIME,),
        input=inputs.DisputeInput,
        is_critical=True,
        summary="payout frozen; an operator decides",
        effects=(effects.open_case,),
        notifications=(notify(notifications.DISPUTED),),
    ),
    BookingTransition(
        name="add_evidence",
        label="Add what you know",
        note="Evidence added.",
        sources=(Status.DISPUTED,),
        targets=(),
        actors=(CUSTOMER, PROVIDER),
        guards=(guards.EVIDENCE_LEFT,),
        input=inputs.EvidenceInput,
        summary="the operator and the other party see it",
        effects=(effects.add_evidence,),
        notifications=(notify(notifications.EVIDENCE_ADDED, to_others=True),),
    ),
    RESOLVE,
    BookingTransition(
        name="expire_dispute",
        label="Close by default",
        note="The dispute was not decided in time; what had happened stands.",
        sources=(Status.DISPUTED,),
        targets=(Status.SETTLED,),
        actors=(SYSTEM,),
        timer=timers.EXPIRE_DISPUTE,
        summary="started work is paid, work that never started is refunded, an absence is applied",
        effects=(effects.decide_by_default,),
        notifications=(notify(notifications.DISPUTE_RESOLVED),),
    ),
)
