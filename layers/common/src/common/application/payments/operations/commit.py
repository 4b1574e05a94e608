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


async def commit_result(
    deps: PaymentDeps, operation: PaymentOperation, result: PaymentResult, *, booking: Booking | None = None
) -> Booking | None:
    """Commit the result of an operation, once.

    The booking is read before the operation, and the commit checks the booking's version: a result that another
    worker commits meanwhile is seen in one or the other. What the caller has read is decided on first, which that
    check makes as good as reading it again: a result of the operation is another version of the booking.

    Args:
        deps: ports.
        operation: as the caller knows it.
        result: what Stripe says came of it.
        booking: as the caller knows it; read here without it, or where the operation is not open in it.

    Returns:
        The booking as committed; ``None`` where the operation already had its result.

    Raises:
        Unavailable: the booking kept changing, or the database is unavailable; the operation stays open and will be
            tried again, beginning with a look-up.
    """
    known = booking if booking is not None and _is_open_in(booking, operation) else None
    for number in range(_TRIES):
        booking, stored = (known, operation) if known and number == 0 else await _read(deps, operation)
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


async def _read(deps: PaymentDeps, operation: PaymentOperation) -> tuple[Booking | None, PaymentOperation | None]:
    booking = await deps.bookings.get(operation.booking_id)
    return booking, await deps.operations.get(operation.id)


def _is_open_in(booking: Booking, operation: PaymentOperation) -> bool:
    """Whether this version of the booking waits for the operation, and both say the same of the payer."""
    waits = operation.status is OperationStatus.REQUIRES_ACTION
    opened = booking.payment_details.open_operations
    return any(each.id == operation.id and each.needs_action is waits for each in opened)
