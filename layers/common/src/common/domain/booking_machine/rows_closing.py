"""The rows that close a booking: payout, refunds, ratings."""

from common.domain.booking_machine import checks, effects, guards, inputs, timers
from common.domain.booking_machine.row import CUSTOMER, OPERATOR, PROVIDER, SYSTEM, WEBHOOK, Notice, Row
from common.domain.bookings import BookingStatus as Status

CLOSING_ROWS = (
    Row(
        name="settle",
        label="Settle",
        note="Settled.",
        sources=(Status.COMPLETED, Status.NO_SHOW),
        targets=(Status.SETTLED,),
        who=(SYSTEM,),
        timer=timers.SETTLE,
        follows="transferred to the provider less the commission",
        effects=(effects.settle_payout,),
        notices=(Notice("booking.settled", (PROVIDER,)),),
    ),
    Row(
        name="release_fee",
        label="Release the fee",
        note="The cancellation fee is paid out.",
        sources=(Status.CANCELLED,),
        targets=(),
        who=(SYSTEM,),
        timer=timers.RELEASE_FEE,
        follows="the provider's share of the fee is transferred",
        effects=(effects.release_payout,),
    ),
    Row(
        name="refund",
        label="Refund",
        note="An operator refunded the customer.",
        sources=(Status.COMPLETED, Status.NO_SHOW, Status.CANCELLED, Status.SETTLED),
        targets=(),
        who=(OPERATOR,),
        guards=(guards.REFUNDABLE, guards.NOT_CHARGED_BACK, guards.MONEY_AT_REST),
        checks=(checks.refund_is_left,),
        input=inputs.RefundInput,
        is_critical=True,
        follows="refunded; what the provider got too much is reversed, or owed",
        effects=(effects.refund_part,),
    ),
    Row(
        name="retry_payment",
        label="Try the payment again",
        note="A failed payment operation is tried again.",
        sources=tuple(Status),
        targets=(),
        who=(OPERATOR, SYSTEM),
        guards=(guards.NEEDS_ATTENTION, guards.MONEY_AT_REST),
        timer=timers.RETRY_PAYMENT,
        follows="the operation that is still missing is requested again",
        effects=(effects.retry_money,),
    ),
    Row(
        name="publish_ratings",
        label="Publish the ratings",
        note="Both sides have rated.",
        sources=(Status.COMPLETED, Status.DISPUTED, Status.SETTLED),
        targets=(),
        who=(SYSTEM,),
        guards=(guards.REVIEW_OPEN,),
        follows="both ratings shown",
        effects=(effects.publish_ratings,),
        notices=(Notice("booking.ratings_published", (CUSTOMER, PROVIDER)),),
    ),
    Row(
        name="close_ratings",
        label="Close the ratings",
        note="The window for ratings is over.",
        sources=(Status.COMPLETED, Status.DISPUTED, Status.SETTLED),
        targets=(),
        who=(SYSTEM,),
        timer=timers.CLOSE_RATINGS,
        follows="a rating that stands alone is shown",
        effects=(effects.close_ratings,),
        notices=(Notice("booking.ratings_closed", (CUSTOMER, PROVIDER)),),
    ),
)

#: Told by the bank and never asked for: ``apply_chargeback`` follows it, because the news says how much and how far.
CHARGEBACK = Row(
    name="chargeback",
    label="Take the payment back",
    note="The cardholder's bank took the payment back.",
    sources=tuple(Status),
    targets=(),
    who=(WEBHOOK, SYSTEM),
    guards=(guards.CAPTURED,),
    follows="frozen while held, reversed where it has been transferred, else booked as debt; once per dispute",
)
