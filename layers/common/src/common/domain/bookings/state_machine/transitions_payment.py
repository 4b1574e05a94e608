"""The rows that pay for a booking before the work."""

from common.domain.bookings import notifications
from common.domain.bookings.booking import BookingStatus as Status
from common.domain.bookings.state_machine import effects, guards, inputs, timers
from common.domain.bookings.state_machine.context import Context
from common.domain.bookings.state_machine.transition import (
    CUSTOMER,
    SYSTEM,
    WEBHOOK,
    BookingTransition,
    notify,
)


def _after_payment(context: Context) -> Status:
    """Accepted at once where the service says so and the start has not passed, else requested."""
    at_once = context.booking.service.auto_accept and context.now < context.booking.slot.start_at
    return Status.ACCEPTED if at_once else Status.REQUESTED


CREATE = BookingTransition(
    name="create",
    label="Book",
    note="Booking created.",
    sources=(),
    targets=(Status.PENDING_PAYMENT,),
    actors=(CUSTOMER,),
    summary="slot held; price and cancellation policy snapshotted; payment or setup intent",
)

CONFIRM_PAYMENT = BookingTransition(
    name="confirm_payment",
    label="Confirm payment",
    note="Payment confirmed.",
    sources=(Status.PENDING_PAYMENT,),
    targets=(Status.REQUESTED, Status.ACCEPTED),
    choose=_after_payment,
    actors=(CUSTOMER, WEBHOOK, SYSTEM),
    guards=(guards.PAYMENT_READY,),
    summary="provider notified; deadline for accepting armed",
    effects=(effects.arm_for_status,),
    notifications=(
        notify(notifications.REQUESTED, when=Status.REQUESTED),
        notify(notifications.ACCEPTED, when=Status.ACCEPTED),
    ),
)

EXPIRE_PAYMENT = BookingTransition(
    name="expire_payment",
    label="Let the payment lapse",
    note="The payment was not completed in time.",
    sources=(Status.PENDING_PAYMENT,),
    targets=(Status.PAYMENT_EXPIRED,),
    actors=(SYSTEM,),
    timer=timers.EXPIRE_PAYMENT,
    asks_stripe_first=True,
    summary="intent cancelled; slot freed",
    effects=(effects.owe_nothing,),
    notifications=(notify(notifications.PAYMENT_EXPIRED),),
)

PAYMENT_TRANSITIONS = (
    CONFIRM_PAYMENT,
    EXPIRE_PAYMENT,
    BookingTransition(
        name="authorize",
        label="Authorize the card",
        note="Authorization of the saved card requested.",
        sources=(Status.ACCEPTED,),
        targets=(),
        actors=(SYSTEM, CUSTOMER),
        guards=(guards.MAY_AUTHORIZE,),
        timer=timers.AUTHORIZE,
        input=inputs.PaymentMethod,
        summary="authorized, action required or failed, as the card's bank answers",
        effects=(effects.authorize_card,),
    ),
    BookingTransition(
        name="renew_authorization",
        label="Renew the authorization",
        note="Authorization given up before it lapses; the card is authorized again near the start.",
        sources=(Status.ACCEPTED,),
        targets=(),
        actors=(SYSTEM,),
        timer=timers.RENEW_AUTHORIZATION,
        summary="authorization voided; card saved",
        effects=(effects.release_authorization,),
    ),
    BookingTransition(
        name="secure_payment",
        label="Secure the payment",
        note="Payment captured before its authorization lapses.",
        sources=(Status.ACCEPTED, Status.IN_PROGRESS, Status.NO_SHOW, Status.DISPUTED),
        targets=(),
        actors=(SYSTEM,),
        timer=timers.SECURE_PAYMENT,
        summary="captured; held until the booking is decided",
        effects=(effects.capture_early,),
    ),
    BookingTransition(
        name="payment_default",
        label="Cancel as unpaid",
        note="Cancelled because the card could not be charged.",
        sources=(Status.ACCEPTED,),
        targets=(Status.CANCELLED,),
        actors=(SYSTEM,),
        timer=timers.PAYMENT_DEFAULT,
        summary="slot freed; both notified",
        effects=(effects.owe_nothing, effects.record_cancellation),
        notifications=(notify(notifications.CANCELLED),),
    ),
)
