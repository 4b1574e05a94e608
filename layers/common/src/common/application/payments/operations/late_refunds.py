"""Re-reading refunds: pending ones, and succeeded ones that may have failed since."""

from collections.abc import Sequence
from datetime import datetime, timedelta

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


async def reread_pending(deps: PaymentDeps, booking: Booking, operation: PaymentOperation) -> Booking | None:
    """Commit the outcome of a pending refund; does nothing while it is pending.

    Returns:
        The booking as committed, ``None`` where nothing was.
    """
    result = await _read(deps, booking, operation)
    if result is None or result.status is OperationStatus.PENDING:
        return None
    return await commit_result(deps, operation, result, booking=booking)


def has_failing_refunds(operations: Sequence[PaymentOperation], now: datetime) -> bool:
    """Whether any of these is a refund that has succeeded, and may still fail."""
    return any(_may_fail(each, now) for each in operations)


def _may_fail(operation: PaymentOperation, now: datetime) -> bool:
    is_made = operation.purpose is Purpose.REFUND and operation.status is OperationStatus.SUCCEEDED
    return is_made and now - operation.updated_at <= MAY_FAIL


async def reread_refunds(deps: PaymentDeps, operations: Sequence[PaymentOperation]) -> bool:
    """Book back refunds that had succeeded and have failed since.

    Args:
        deps: ports.
        operations: of one booking; each that is worked on is read again.

    Returns:
        ``False`` where a payment step of the booking is in flight, so that nothing could be decided yet.

    Raises:
        Unavailable: Stripe or the database is unavailable, or the booking kept changing.
    """
    now = deps.clock.now()
    for operation in operations:
        if _may_fail(operation, now) and not await _reread(deps, operation):
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
