"""The intent with which a customer pays for a new booking."""

from pydantic import Field

from common.application.payments.deps import PaymentDeps
from common.application.payments.operations.execute import OPEN, execute_operation, execute_taken
from common.application.payments.operations.steps import current_intent, intent_id_of
from common.application.ports.payments.gateway import Intent, PaymentIntentStatus
from common.domain.bookings.booking import Booking
from common.domain.bookings.charges import PaymentState
from common.domain.payments.operations import PaymentOperation, Purpose
from common.domain.shared.errors import Unavailable
from common.domain.shared.model import Model

_MAKES_INTENT = frozenset({Purpose.AUTHORIZE, Purpose.SAVE_CARD})

_MAY_WAIT = frozenset({PaymentState.NONE, PaymentState.ACTION_REQUIRED, PaymentState.FAILED})
_WAITS_FOR_CUSTOMER = frozenset(
    {
        PaymentIntentStatus.REQUIRES_PAYMENT_METHOD,
        PaymentIntentStatus.REQUIRES_CONFIRMATION,
        PaymentIntentStatus.REQUIRES_ACTION,
    }
)


class PaymentAction(Model):
    """What the customer's client needs to go on: a secret for Stripe.js where something is to be done.

    ``kind`` is ``payment_intent`` or ``setup_intent``; which of Stripe.js's ``confirm…`` functions to call.
    ``charge_id`` is the booking's charge that it pays; a card that is saved without a booking has none.
    """

    kind: str
    charge_id: str | None = None
    intent_id: str
    status: str
    client_secret: str | None = Field(default=None, repr=False)
    next_action_type: str | None = None


async def ensure_intent(deps: PaymentDeps, booking: Booking) -> tuple[Booking, PaymentAction | None]:
    """Make the booking's intent, if it is not made yet, and say what the customer has to do.

    Safe to call again at any time: the operation is executed at most once, and the secret is read from Stripe.

    Returns:
        The booking as it is now, and the action; ``None`` where nothing is left for the customer to do.

    Raises:
        OperationBusy: another worker is making the intent.
        OperationPostponed: Stripe gave no answer; the booking stays, and the payments worker goes on.
    """
    operation = next(
        (
            each
            for each in await deps.operations.list_by_booking(booking.id)
            if each.purpose in _MAKES_INTENT and each.status in OPEN
        ),
        None,
    )
    done = await execute_operation(deps, operation.id) if operation is not None else None
    # Where another worker has made the intent, the booking that was handed in may not know it yet.
    booking = done or await _reread(deps, booking)
    return booking, await pending_action(deps, booking)


async def make_intent(
    deps: PaymentDeps, booking: Booking, operation: PaymentOperation
) -> tuple[Booking, PaymentAction | None]:
    """Make the intent of a booking that the caller has just committed, with its operation taken, and read nothing.

    Returns:
        As ``ensure_intent``.

    Raises:
        OperationPostponed: Stripe gave no answer; the booking stays, and the payments worker goes on.
    """
    executed = await execute_taken(deps, booking, operation)
    present = executed.booking or await _reread(deps, booking)
    return present, await pending_action(deps, present, executed.intent)


async def pending_action(deps: PaymentDeps, booking: Booking, made: Intent | None = None) -> PaymentAction | None:
    """What the customer has to do now, as Stripe says: for the first charge that waits for them.

    Args:
        deps: ports.
        booking: as it is now.
        made: an intent as Stripe has just answered, which is not read again.
    """
    for charge in booking.charges:
        if charge.state not in _MAY_WAIT or charge.has_lapsed:
            continue
        is_made = made is not None and made.id == intent_id_of(charge)
        intent = made if is_made else await current_intent(deps, charge)
        if intent is not None and intent.status in _WAITS_FOR_CUSTOMER:
            return action_of(intent).model_copy(update={"charge_id": charge.id})
    return None


def action_of(intent: Intent) -> PaymentAction:
    """The action that an open intent asks for."""
    return PaymentAction(
        kind="setup_intent" if intent.is_setup else "payment_intent",
        intent_id=intent.id,
        status=intent.status,
        client_secret=intent.client_secret,
        next_action_type=(intent.next_action or {}).get("type"),
    )


async def _reread(deps: PaymentDeps, booking: Booking) -> Booking:
    stored = await deps.bookings.get(booking.id)
    if stored is None:
        raise Unavailable("The booking cannot be read.")
    return stored
