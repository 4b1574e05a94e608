"""What the payment checks queue asks for."""

from contextlib import suppress

from common.application.payments.deps import PaymentDeps
from common.application.payments.execute import OperationPostponed, execute_operation
from common.application.payments.sync import sync_booking_payment
from common.domain.events import Event

_OPERATION = "payment.operation_requested"
CHECK_REQUESTED = "payment.check_requested"


async def check_payment(deps: PaymentDeps, event: Event) -> None:
    """Execute an operation, or bring a booking's payment up to date.

    An operation that Stripe did not answer stays open with a check of its own queued, so this message is done.

    Raises:
        OperationBusy: another worker has it; the message must come again.
        Unavailable: the database is away, or a re-read got no answer; the message must come again.
    """
    if event.type == _OPERATION:
        await _execute(deps, str(event.payload["operation_id"]))
    elif event.type == CHECK_REQUESTED and event.booking_id:
        await sync_booking_payment(deps, event.booking_id)


async def _execute(deps: PaymentDeps, operation_id: str) -> None:
    with suppress(OperationPostponed):
        await execute_operation(deps, operation_id)
