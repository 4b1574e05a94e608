"""Synchronizing a booking with Stripe's present state."""

from common.application.payments.deps import PaymentDeps
from common.application.payments.intents import PaymentAction, pending_action
from common.application.payments.operations import results
from common.application.payments.operations.commit import commit_result
from common.application.payments.operations.execute import OPEN, OperationBusy, execute_operation
from common.application.payments.operations.late_refunds import (
    has_failing_refunds,
    is_pending_refund,
    reread_pending,
    reread_refunds,
)
from common.domain.bookings.booking import Booking
from common.domain.payments.operations import GONE, OperationStatus, PaymentOperation, Purpose
from common.domain.shared.errors import NotFound

_MAKES_INTENT = frozenset({Purpose.AUTHORIZE, Purpose.SAVE_CARD, Purpose.CHARGE_FEE})


async def sync_booking_payment(deps: PaymentDeps, booking_id: str, *, known: Booking | None = None) -> Booking:
    """Re-read the booking's payment at Stripe and commit what differs; safe to call at any time, in any order.

    Open operations are tried in their order; an intent that waits for the customer is read again, and so are refunds
    that are on their way or may still fail.

    Args:
        deps: ports.
        booking_id: whose payment.
        known: the booking, as the caller has just read it.

    Returns:
        The booking as it is now.

    Raises:
        NotFound: there is no such booking.
        OperationPostponed, Unavailable: Stripe gave no answer; nothing was changed.
    """
    operations = await deps.operations.list_by_booking(booking_id)
    # The booking after its operations, so that a result that commits in between is not missed by both.
    present: Booking | None = known or await _read(deps, booking_id)
    for operation in operations:
        if operation.status in OPEN or operation.status is OperationStatus.REQUIRES_ACTION:
            # What was read before another operation was worked on may have changed with it.
            present = await _work_on(deps, present or await _read(deps, booking_id), operation)
    if has_failing_refunds(operations, deps.clock.now()):
        await reread_refunds(deps, operations)
        present = None
    return present or await _read(deps, booking_id)


async def _read(deps: PaymentDeps, booking_id: str) -> Booking:
    booking = await deps.bookings.get(booking_id)
    if booking is None:
        raise NotFound("There is no such booking.")
    return booking


async def confirm_booking_payment(deps: PaymentDeps, booking_id: str) -> tuple[Booking, PaymentAction | None]:
    """What ``POST …/payment/confirm`` does: bring the booking up to date and say what is left to do."""
    booking = await sync_booking_payment(deps, booking_id)
    return booking, await pending_action(deps, booking)


async def _work_on(deps: PaymentDeps, booking: Booking, operation: PaymentOperation) -> Booking | None:
    """Try or re-read one operation; gives the booking with what came of it, ``None`` where that has to be read."""
    if operation.status is OperationStatus.REQUIRES_ACTION:
        return await _reread_intent(deps, booking, operation)
    if is_pending_refund(operation):
        return await reread_pending(deps, booking, operation)
    try:
        return await execute_operation(deps, operation.id)
    except OperationBusy:
        return None


async def _reread_intent(deps: PaymentDeps, booking: Booking, operation: PaymentOperation) -> Booking | None:
    if operation.purpose not in _MAKES_INTENT or operation.stripe_id is None:
        return booking
    try:
        result = results.of_intent(await deps.gateway.get_intent(operation.stripe_id))
    except NotFound as missing:
        if missing.wire_code not in GONE:
            raise
        result = results.of_gone_intent()
    if result.status is OperationStatus.REQUIRES_ACTION and result.failure_code in {None, operation.failure_code}:
        return None
    return await commit_result(deps, operation, result, booking=booking)
