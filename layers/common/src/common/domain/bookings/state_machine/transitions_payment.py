"""The rows that pay for a booking before the work."""

from common.domain.bookings.booking import BookingStatus as Status
from common.domain.bookings.state_machine import effects, guards, inputs, timers
from common.domain.bookings.state_machine.context import Context
from common.domain.bookings.state_machine.transition import CUSTOMER, PROVIDER, SYSTEM, WEBHOOK, Notice, Row


def _after_payment(context: Context) -> Status:
    """Accepted at once where the service says so and the start has not passed, else requested."""
    at_once = context.booking.service.auto_accept and context.now < context.booking.slot.start_at
    return Status.ACCEPTED if at_once else Status.REQUESTED


CREATE = Row(
    name="create",
    label="Book",
    note="Booking created.",
    sources=(),
    targets=(Status.PENDING_PAYMENT,),
    who=(CUSTOMER,),
    follows="slot held; price and cancellation policy snapshotted; payment or setup intent",
)

PAYMENT_ROWS = (
    Row(
        name="confirm_payment",
        label="Confirm payment",
        note="Payment confirmed.",
        sources=(Status.PENDING_PAYMENT,),
        targets=(Status.REQUESTED, Status.ACCEPTED),
        choose=_after_payment,
        who=(CUSTOMER, WEBHOOK, SYSTEM),
        guards=(guards.PAYMENT_READY,),
        follows="provider notified; deadline for accepting armed",
        effects=(effects.arm_for_status,),
        notices=(
            Notice("booking.requested", (CUSTOMER, PROVIDER), Status.REQUESTED),
            Notice("booking.accepted", (CUSTOMER, PROVIDER), Status.ACCEPTED),
        ),
    ),
    Row(
        name="expire_payment",
        label="Let the payment lapse",
        note="The payment was not completed in time.",
        sources=(Status.PENDING_PAYMENT,),
        targets=(Status.PAYMENT_EXPIRED,),
        who=(SYSTEM,),
        timer=timers.EXPIRE_PAYMENT,
        follows="intent cancelled; slot freed",
        effects=(effects.owe_nothing,),
        notices=(Notice("booking.payment_expired", (CUSTOMER,)),),
    ),
    Row(
        name="authorize",
        label="Authorize the card",
        note="Authorization of the saved card requested.",
        sources=(Status.ACCEPTED,),
        targets=(),
        who=(SYSTEM, CUSTOMER),
        guards=(guards.MAY_AUTHORIZE,),
        timer=timers.AUTHORIZE,
        input=inputs.PaymentMethod,
        follows="authorized, action required or failed, as the card's bank answers",
        effects=(effects.authorize_card,),
    ),
    Row(
        name="renew_authorization",
        label="Renew the authorization",
        note="Authorization given up before it lapses; the card is authorized again near the start.",
        sources=(Status.ACCEPTED,),
        targets=(),
        who=(SYSTEM,),
        timer=timers.RENEW_AUTHORIZATION,
        follows="authorization voided; card saved",
        effects=(effects.release_authorization,),
    ),
    Row(
        name="secure_payment",
        label="Secure the payment",
        note="Payment captured before its authorization lapses.",
        sources=(Status.ACCEPTED, Status.IN_PROGRESS, Status.NO_SHOW, Status.DISPUTED),
        targets=(),
        who=(SYSTEM,),
        timer=timers.SECURE_PAYMENT,
        follows="captured; held until the booking is decided",
        effects=(effects.capture_early,),
    ),
    Row(
        name="payment_default",
        label="Cancel as unpaid",
        note="Cancelled because the card could not be charged.",
        sources=(Status.ACCEPTED,),
        targets=(Status.CANCELLED,),
        who=(SYSTEM,),
        timer=timers.PAYMENT_DEFAULT,
        follows="slot freed; both told",
        effects=(effects.owe_nothing, effects.record_cancellation),
        notices=(Notice("booking.cancelled", (CUSTOMER, PROVIDER)),),
    ),
)
