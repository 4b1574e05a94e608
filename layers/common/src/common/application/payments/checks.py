"""What the payment checks queue asks for."""

from contextlib import suppress

from common.application.payments.deps import PaymentDeps
from common.application.payments.execute import OperationPostponed, execute_operation
from common.application.payments.sync import sync_booking_payment
from common.domain.bookings import Booking
from common.domain.events import Event

_OPERATION = "payment.operation_requested"
CHECK_REQUESTED = "payment.check_requested"


async def check_payment(deps: PaymentDeps, event: Event) -> Booking | None:
    """Execute an operation, or bring a booking's payment up to date.

    An operation that Stripe did not answer stays open with a check of its own queued, so this message is done.

    Returns:
        The booking as it is now; ``None`` where nothing was left to do, or Stripe gave no answer.

    Raises:
        OperationBusy: another worker has it; the message must come again.
        Unavailable: the database is away, or a re-read got no answer; the message must come again.
    """
    if event.type == _OPERATION:
        return await _execute(deps, str(event.payload["operation_id"]))
    if event.type == CHECK_REQUESTED and event.booking_id:
        return await sync_booking_payment(deps, event.booking_id)
    return None


async def _execute(deps: PaymentDeps, operation_id: str) -> Booking | None:
    with suppress(OperationPostponed):
        return await execute_operation(deps, operation_id)
    return None
