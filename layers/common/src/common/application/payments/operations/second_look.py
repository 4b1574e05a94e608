"""Asking Stripe, before money moves, whether it has moved already: for books that may know less than Stripe."""

from collections.abc import Awaitable, Callable, Iterable

from common.application.payments.deps import PaymentDeps
from common.application.payments.operations.steps import customer_of_user
from common.application.ports.payments.gateway import Movement, PaymentIntentStatus
from common.domain.bookings.booking import Booking
from common.domain.payments.operations import DONE_ALREADY, PaymentOperation, Purpose
from common.domain.shared.errors import GatewayRefused

#: An intent in these states has taken or holds money, or is about to.
_TAKES = frozenset(
    {PaymentIntentStatus.SUCCEEDED, PaymentIntentStatus.REQUIRES_CAPTURE, PaymentIntentStatus.PROCESSING}
)
#: A refund in these states gave nothing back.
_CAME_TO_NOTHING = frozenset({"failed", "canceled"})


async def require_not_done(deps: PaymentDeps, booking: Booking, operation: PaymentOperation) -> None:
    """Refuse an operation of whose kind Stripe has more than our books, where these may know less than Stripe.

    Whoever asked for it: an operator who tries again, a refund, or the plan. What an earlier try of the same operation
    did counts for nothing here, since its own look-up finds it. Captures and voids need no look: Stripe does each once.

    Args:
        deps: ports.
        booking: as it was read; nothing is asked unless its ``may_have_moved`` is set.
        operation: what is about to be done.

    Raises:
        GatewayRefused: Stripe has done it, or something like it (``done_already``); a person puts the books right.
        GatewayUncertain, Unavailable: Stripe gave no answer.
    """
    look = _LOOKS.get(operation.purpose)
    if booking.payment_details.may_have_moved and look is not None and await look(deps, booking, operation):
        raise GatewayRefused(reason=DONE_ALREADY)


async def _is_refunded(deps: PaymentDeps, booking: Booking, operation: PaymentOperation) -> bool:
    charge = booking.charge(operation.charge_id)
    if charge.payment_intent_id is None:
        return False
    made = await deps.gateway.list_refunds(charge.payment_intent_id)
    return _sum(made, apart_from=operation) > charge.refunded_amount


async def _is_transferred(deps: PaymentDeps, booking: Booking, operation: PaymentOperation) -> bool:
    made = await deps.gateway.list_transfers(booking.id)
    return _sum(made, apart_from=operation) > booking.transferred_amount


async def _is_reversed(deps: PaymentDeps, booking: Booking, operation: PaymentOperation) -> bool:
    source = booking.charge(operation.charge_id).reversible()
    if source is None:
        return False
    made = await deps.gateway.list_reversals(source.id)
    return _sum(made, apart_from=operation) > source.reversed_amount


async def _is_paid(deps: PaymentDeps, booking: Booking, operation: PaymentOperation) -> bool:
    """Whether an intent that our books do not know of takes money for this booking."""
    customer_id = booking.payment_details.stripe_customer_id or await customer_of_user(deps, booking.customer_id)
    operations = await deps.operations.list_by_booking(booking.id)
    known = {each.payment_intent_id for each in booking.charges} | {each.stripe_id for each in operations}
    return any(
        each.status in _TAKES and each.id not in known
        for each in await deps.gateway.list_intents(customer_id)
        if each.metadata.get("booking_id") == booking.id and each.metadata.get("operation_id") != operation.id
    )


def _sum(made: Iterable[Movement], *, apart_from: PaymentOperation) -> int:
    others = (each for each in made if each.metadata.get("operation_id") != apart_from.id)
    return sum(each.amount for each in others if each.status not in _CAME_TO_NOTHING)


_LOOKS: dict[Purpose, Callable[[PaymentDeps, Booking, PaymentOperation], Awaitable[bool]]] = {
    Purpose.AUTHORIZE: _is_paid,
    Purpose.CHARGE_FEE: _is_paid,
    Purpose.REFUND: _is_refunded,
    Purpose.TRANSFER: _is_transferred,
    Purpose.REVERSE: _is_reversed,
}
