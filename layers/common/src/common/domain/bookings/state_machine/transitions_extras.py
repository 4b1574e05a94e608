"""The rows by which both sides agree on more than was booked."""

from common.domain.bookings import notifications
from common.domain.bookings.booking import BookingStatus as Status
from common.domain.bookings.state_machine import checks, consequences, extras, guards, inputs
from common.domain.bookings.state_machine.transition import CUSTOMER, PROVIDER, BookingTransition, notify

_UNDER_WAY = (Status.ACCEPTED, Status.IN_PROGRESS)

EXTRA_TRANSITIONS = (
    BookingTransition(
        name="propose_extra",
        label="Propose an extra",
        note="An extra was proposed.",
        sources=_UNDER_WAY,
        targets=(),
        actors=(PROVIDER,),
        guards=(guards.MAY_PROPOSE_EXTRA,),
        checks=(checks.extra_is_possible,),
        input=inputs.Extra,
        summary="the customer is asked; it lapses when the work ends",
        effects=(extras.propose_extra,),
        notifications=(notify(notifications.EXTRA_PROPOSED),),
    ),
    BookingTransition(
        name="withdraw_extra",
        label="Withdraw the extra",
        note="The extra was withdrawn.",
        sources=_UNDER_WAY,
        targets=(),
        actors=(PROVIDER,),
        guards=(guards.EXTRA_PROPOSED,),
        summary="nothing is added",
        effects=(extras.drop_proposal_of_extra,),
        notifications=(notify(notifications.EXTRA_WITHDRAWN),),
    ),
    BookingTransition(
        name="accept_extra",
        label="Accept the extra",
        note="The extra was accepted.",
        sources=_UNDER_WAY,
        targets=(),
        actors=(CUSTOMER,),
        guards=(guards.EXTRA_PROPOSED, guards.MONEY_AT_REST),
        input=inputs.Agreement,
        is_critical=True,
        consequences=consequences.of_extra,
        summary="a line of the price and a charge of its own, reserved now and captured with the rest; "
        "it lapses where the card is refused",
        effects=(extras.accept_extra,),
        notifications=(notify(notifications.EXTRA_ACCEPTED),),
    ),
    BookingTransition(
        name="decline_extra",
        label="Decline the extra",
        note="The extra was declined.",
        sources=_UNDER_WAY,
        targets=(),
        actors=(CUSTOMER,),
        guards=(guards.EXTRA_PROPOSED,),
        input=inputs.Reason,
        summary="nothing is added",
        effects=(extras.drop_proposal_of_extra,),
        notifications=(notify(notifications.EXTRA_DECLINED),),
    ),
)
