"""Committing Stripe's answers to the booking."""

from common.application.payments.deps import PaymentDeps
from common.application.shared.publishing import publish_committed
from common.domain.bookings import state_machine
from common.domain.bookings.booking import Booking
from common.domain.payments.operations import OperationStatus, PaymentOperation, PaymentResult
from common.domain.shared.errors import Unavailable, VersionConflict

#: Enough for a booking that everybody writes at once; each try re-reads it.
_TRIES = 8

#: An operation in these states takes another result; the others have had theirs.
_EXPECTS_RESULT = frozenset({OperationStatus.PENDING, OperationStatus.UNCERTAIN, OperationStatus.REQUIRES_ACTION})


async def commit_result(deps: PaymentDeps, operation: PaymentOperation, result: PaymentResult) -> Booking | None:
    """Commit the result of an operation, once.

    The booking is read before the operation, and the commit checks the booking's version: a result that another
    worker commits meanwhile is seen in one or the other.

    Returns:
        The booking as committed; ``None`` where the operation already had its result.

    Raises:
        Unavailable: the booking kept changing, or the database is unavailable; the operation stays open and will be
            tried again, beginning with a look-up.
    """
    for _ in range(_TRIES):
        booking = await deps.bookings.get(operation.booking_id)
        stored = await deps.operations.get(operation.id)
        if booking is None or stored is None or stored.status not in _EXPECTS_RESULT:
            return None
        now = deps.clock.now()
        change = state_machine.apply_payment_result(booking, stored, result, now, deps.settings)
        if change is None:
            return booking
        try:
            await deps.bookings.commit(change)
        except VersionConflict:
            continue
        await publish_committed(deps.outbox, deps.publisher, change.events, deps.clock)
        return change.booking
    raise Unavailable("The booking is being changed by others.", retry_after=1)
