"""What the payment checks queue asks for."""

from contextlib import suppress
from datetime import timedelta

from common.application.payments.deps import PaymentDeps
from common.application.payments.operations.execute import OperationPostponed, execute_operation
from common.application.payments.operations.sync import sync_booking_payment
from common.domain.bookings.booking import Booking
from common.domain.bookings.state_machine import EXPIRE_PAYMENT
from common.domain.payments.operations import CHECK_REQUESTED, OPERATION_REQUESTED
from common.domain.shared.errors import Unavailable
from common.domain.shared.events import Event

__all__ = ["CHECK_REQUESTED", "CheckPostponed", "check_payment", "wait_before_check"]

_FIRST_WAIT = timedelta(minutes=1)
_LONGEST_WAIT = timedelta(minutes=30)


class CheckPostponed(Unavailable):
    """Stripe gave no answer; the sweep asks for the next check when it is due, so that this message is done."""

    code = "payment_check_postponed"


async def check_payment(deps: PaymentDeps, event: Event) -> Booking | None:
    """Execute an operation, or bring a booking's payment up to date.

    An operation that Stripe did not answer stays open with a check of its own queued, so this message is done.

    Returns:
        The booking as it is now; ``None`` where nothing was left to do, or Stripe gave no answer.

    Raises:
        OperationBusy: another worker has it; the message must come again.
        CheckPostponed: a re-read got no answer; the next one is due later, and later still after each failure.
        Unavailable: the database is unavailable; the message must come again.
    """
    if event.type == OPERATION_REQUESTED:
        return await _execute(deps, str(event.payload["operation_id"]))
    if event.type == CHECK_REQUESTED and event.booking_id:
        return await _reread(deps, event.booking_id)
    return None


async def _execute(deps: PaymentDeps, operation_id: str) -> Booking | None:
    with suppress(OperationPostponed):
        return await execute_operation(deps, operation_id)
    return None


async def _reread(deps: PaymentDeps, booking_id: str) -> Booking:
    try:
        return await sync_booking_payment(deps, booking_id)
    except Unavailable as unavailable:
        wait = wait_before_check(await deps.bookings.increment_checks(booking_id))
        await deps.bookings.postpone(booking_id, EXPIRE_PAYMENT.name, until=deps.clock.now() + wait)
        raise CheckPostponed(unavailable.detail, retry_after=int(wait.total_seconds())) from unavailable


def wait_before_check(tries: int) -> timedelta:
    """Exponential backoff: 1, 2, 4 … at most 30 minutes."""
    return min(_FIRST_WAIT * int(2 ** min(max(tries - 1, 0), 10)), _LONGEST_WAIT)
