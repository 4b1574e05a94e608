"""The rows that close a booking: payout, refunds, ratings."""

from common.domain.bookings import notifications
from common.domain.bookings.booking import BookingStatus as Status
from common.domain.bookings.state_machine import checks, effects, guards, inputs, timers
from common.domain.bookings.state_machine.transition import (
    OPERATOR,
    SYSTEM,
    WEBHOOK,
    BookingTransition,
    notify,
)

REFUND = BookingTransition(
    name="refund",
    label="Refund",
    note="An operator refunded the customer.",
    sources=(Status.COMPLETED, Status.NO_SHOW, Status.CANCELLED, Status.SETTLED),
    targets=(),
    actors=(OPERATOR,),
    guards=(guards.REFUNDABLE, guards.NOT_CHARGED_BACK, guards.MONEY_AT_REST),
    checks=(checks.refund_is_left,),
    input=inputs.RefundInput,
    is_critical=True,
    summary="refunded; what the provider got too much is reversed, or owed",
    effects=(effects.refund_part,),
)

PUBLISH_RATINGS = BookingTransition(
    name="publish_ratings",
    label="Publish the ratings",
    note="Both sides have rated.",
    sources=(Status.COMPLETED, Status.DISPUTED, Status.SETTLED),
    targets=(),
    actors=(SYSTEM,),
    guards=(guards.REVIEW_OPEN,),
    summary="both ratings shown",
    effects=(effects.publish_ratings,),
    notifications=(notify(notifications.RATINGS_PUBLISHED),),
)

CLOSING_TRANSITIONS = (
    BookingTransition(
        name="settle",
        label="Settle",
        note="Settled.",
        sources=(Status.COMPLETED, Status.NO_SHOW),
        targets=(Status.SETTLED,),
        actors=(SYSTEM,),
        timer=timers.SETTLE,
        summary="transferred to the provider less the commission",
        effects=(effects.settle_payout,),
        notifications=(notify(notifications.SETTLED),),
    ),
    BookingTransition(
        name="release_fee",
        label="Release the fee",
        note="The cancellation fee is paid out.",
        sources=(Status.CANCELLED,),
        targets=(),
        actors=(SYSTEM,),
        timer=timers.RELEASE_FEE,
        moves_money=True,
        summary="the provider's share of the fee is transferred",
        effects=(effects.release_payout,),
    ),
    REFUND,
    BookingTransition(
        name="retry_payment",
        label="Try the payment again",
        note="A failed payment operation is tried again.",
        sources=tuple(Status),
        targets=(),
        actors=(OPERATOR, SYSTEM),
        guards=(guards.NEEDS_ATTENTION, guards.MONEY_AT_REST),
        timer=timers.RETRY_PAYMENT,
        moves_money=True,
        summary="the operation that is still missing is requested again, and not done if Stripe has done it already",
        effects=(effects.retry_money,),
    ),
    BookingTransition(
        name="collect_debt",
        label="Take back what is owed",
        note="What the provider owes is asked for again.",
        sources=(Status.CANCELLED, Status.SETTLED),
        targets=(),
        actors=(OPERATOR, SYSTEM),
        guards=(guards.DEBT_LEFT, guards.MONEY_AT_REST),
        timer=timers.COLLECT_DEBT,
        moves_money=True,
        summary="the reversal is tried again; later payouts pay the debt too",
        effects=(effects.collect_debt,),
    ),
    PUBLISH_RATINGS,
    BookingTransition(
        name="close_ratings",
        label="Close the ratings",
        note="The window for ratings is over.",
        sources=(Status.COMPLETED, Status.DISPUTED, Status.SETTLED),
        targets=(),
        actors=(SYSTEM,),
        timer=timers.CLOSE_RATINGS,
        summary="a rating that stands alone is shown",
        effects=(effects.close_ratings,),
        notifications=(notify(notifications.RATINGS_CLOSED),),
    ),
)

#: Told by the bank and never asked for: ``apply_chargeback`` follows it, because the news says how much and how far.
CHARGEBACK = BookingTransition(
    name="chargeback",
    label="Take the payment back",
    note="The cardholder's bank took the payment back.",
    sources=tuple(Status),
    targets=(),
    actors=(WEBHOOK, SYSTEM),
    guards=(guards.CAPTURED,),
    summary="frozen while held, reversed where it has been transferred, else booked as debt; once per dispute",
)
