"""The rows of the day itself, and of what goes wrong on it."""

from common.domain.booking_machine import checks, effects, guards, inputs, timers
from common.domain.booking_machine.context import Context
from common.domain.booking_machine.row import CUSTOMER, OPERATOR, PROVIDER, SYSTEM, Notice, Row
from common.domain.bookings import BookingStatus as Status


def _after_decision(context: Context) -> Status:
    return Status.DISPUTED if effects.is_first_approval(context) else Status.SETTLED


WORK_ROWS = (
    Row(
        name="start",
        label="Start",
        note="Work started.",
        sources=(Status.ACCEPTED,),
        targets=(Status.IN_PROGRESS,),
        who=(PROVIDER,),
        guards=(guards.START_WINDOW,),
        checks=(checks.code_matches,),
        input=inputs.StartCode,
        follows="the work runs; the customer's code proves that the provider is there",
        effects=(effects.record_start,),
        notices=(Notice("booking.started", (CUSTOMER,)),),
    ),
    Row(
        name="mark_no_show",
        label="Report as absent",
        note="The other party was reported absent.",
        sources=(Status.ACCEPTED,),
        targets=(Status.NO_SHOW,),
        who=(CUSTOMER, PROVIDER),
        guards=(guards.NO_SHOW_TIME,),
        input=inputs.Reason,
        is_critical=True,
        follows="24 h to contest, then fee or refund",
        effects=(effects.record_absence,),
        notices=(Notice("booking.no_show_reported", (CUSTOMER, PROVIDER)),),
    ),
    Row(
        name="apply_no_show",
        label="Apply the absence",
        note="The absence was not contested.",
        sources=(Status.NO_SHOW,),
        targets=(),
        who=(SYSTEM,),
        timer=timers.APPLY_NO_SHOW,
        follows="an absent customer pays the fee, an absent provider gets nothing",
        effects=(effects.decide_absence,),
        notices=(Notice("booking.no_show_applied", (CUSTOMER, PROVIDER)),),
    ),
    Row(
        name="complete",
        label="Complete",
        note="Work completed.",
        sources=(Status.IN_PROGRESS,),
        targets=(Status.COMPLETED,),
        who=(PROVIDER, CUSTOMER, SYSTEM),
        timer=timers.COMPLETE,
        follows="captured; payout held; ratings open",
        effects=(effects.record_completion, effects.owe_price),
        notices=(Notice("booking.completed", (CUSTOMER, PROVIDER)),),
    ),
    Row(
        name="flag_unstarted",
        label="Ask a person",
        note="The work was never started; an operator decides.",
        sources=(Status.ACCEPTED,),
        targets=(Status.DISPUTED,),
        who=(SYSTEM,),
        timer=timers.FLAG_UNSTARTED,
        follows="an operator decides",
        effects=(effects.open_case,),
        notices=(Notice("booking.disputed", (CUSTOMER, PROVIDER, OPERATOR)),),
    ),
)

DISPUTE_ROWS = (
    Row(
        name="contest",
        label="Contest",
        note="The absence was contested.",
        sources=(Status.NO_SHOW,),
        targets=(Status.DISPUTED,),
        who=(CUSTOMER, PROVIDER),
        guards=(guards.MAY_CONTEST,),
        input=inputs.DisputeInput,
        follows="an operator decides",
        effects=(effects.open_case,),
        notices=(Notice("booking.disputed", (CUSTOMER, PROVIDER, OPERATOR)),),
    ),
    Row(
        name="open_dispute",
        label="Report a problem",
        note="A dispute was opened.",
        sources=(Status.IN_PROGRESS, Status.COMPLETED, Status.NO_SHOW),
        targets=(Status.DISPUTED,),
        who=(CUSTOMER, PROVIDER),
        guards=(guards.DISPUTE_TIME,),
        input=inputs.DisputeInput,
        is_critical=True,
        follows="payout frozen; an operator decides",
        effects=(effects.open_case,),
        notices=(Notice("booking.disputed", (CUSTOMER, PROVIDER, OPERATOR)),),
    ),
    Row(
        name="resolve",
        label="Decide",
        note="An operator decided the dispute.",
        sources=(Status.DISPUTED,),
        targets=(Status.SETTLED, Status.DISPUTED),
        choose=_after_decision,
        who=(OPERATOR,),
        guards=(guards.SECOND_PERSON, guards.MONEY_AT_REST),
        checks=(checks.refund_is_possible,),
        input=inputs.Resolution,
        is_critical=True,
        follows="captured, refunded and transferred as decided; a second operator's approval above the threshold",
        effects=(effects.decide_case,),
        notices=(
            Notice("booking.dispute_resolved", (CUSTOMER, PROVIDER), Status.SETTLED),
            Notice("booking.second_approval_needed", (OPERATOR,), Status.DISPUTED),
        ),
    ),
    Row(
        name="expire_dispute",
        label="Close by default",
        note="The dispute was not decided in time; what had happened stands.",
        sources=(Status.DISPUTED,),
        targets=(Status.SETTLED,),
        who=(SYSTEM,),
        timer=timers.EXPIRE_DISPUTE,
        follows="started work is paid, work that never started is refunded, an absence is applied",
        effects=(effects.decide_by_default,),
        notices=(Notice("booking.dispute_resolved", (CUSTOMER, PROVIDER, OPERATOR)),),
    ),
)
