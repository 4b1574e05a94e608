"""Re-reading refunds: pending ones, and succeeded ones that may have failed since."""

from datetime import timedelta

from common.application.payments.deps import PaymentDeps
from common.application.payments.operations import results
from common.application.payments.operations.commit import commit_result
from common.application.payments.operations.steps import RefundPending
from common.application.shared.publishing import publish_committed
from common.domain.bookings import state_machine
from common.domain.bookings.booking import Booking
from common.domain.bookings.state_machine import in_flight
from common.domain.payments.operations import OperationStatus, PaymentOperation, PaymentResult, Purpose
from common.domain.shared.errors import Unavailable, VersionConflict

#: Banks send a refund back within 30 days (https://docs.stripe.com/refunds#failed-refunds); the rest is for late news.
MAY_FAIL = timedelta(days=60)

_TRIES = 8


def is_pending_refund(operation: PaymentOperation) -> bool:
    """Whether Stripe has made this refund and not carried it out yet."""
    return operation.purpose is Purpose.REFUND and operation.failure_code == RefundPending.code


async def reread_pending(deps: PaymentDeps, booking: Booking, operation: PaymentOperation) -> None:
    """Commit the outcome of a pending refund; does nothing while it is pending."""
    result = await _read(deps, booking, operation)
    if result is not None and result.status is not OperationStatus.PENDING:
        await commit_result(deps, operation, result)


async def reread_refunds(deps: PaymentDeps, booking_id: str) -> bool:
    """Book back refunds that had succeeded and have failed since.

    Returns:
        ``False`` where a payment step of the booking is in flight, so that nothing could be decided yet.

    Raises:
        Unavailable: Stripe or the database is unavailable, or the booking kept changing.
    """
    now = deps.clock.now()
    for operation in await deps.operations.list_by_booking(booking_id):
        is_made = operation.purpose is Purpose.REFUND and operation.status is OperationStatus.SUCCEEDED
        if is_made and now - operation.updated_at <= MAY_FAIL and not await _reread(deps, operation):
            return False
    return True


async def _reread(deps: PaymentDeps, operation: PaymentOperation) -> bool:
    booking = await deps.bookings.get(operation.booking_id)
    result = await _read(deps, booking, operation) if booking else None
    if result is None or result.status is not OperationStatus.FAILED:
        return True
    for _ in range(_TRIES):
        booking = await deps.bookings.get(operation.booking_id)
        stored = await deps.operations.get(operation.id)
        if booking is None or stored is None:
            return True
        if in_flight(booking):
            return False
        change = state_machine.apply_refund_failure(booking, stored, result, deps.clock.now(), deps.settings)
        if change is None:
            return True
        try:
            await deps.bookings.commit(change)
        except VersionConflict:
            continue
        await publish_committed(deps.outbox, deps.publisher, change.events, deps.clock)
        return True
    raise Unavailable("The booking is being changed by others.", retry_after=1)


async def _read(deps: PaymentDeps, booking: Booking, operation: PaymentOperation) -> PaymentResult | None:
    intent_id = booking.charge(operation.charge_id).payment_intent_id
    found = await deps.gateway.find_refund(intent_id, operation.id) if intent_id else None
    return results.of_movement(found) if found else None
