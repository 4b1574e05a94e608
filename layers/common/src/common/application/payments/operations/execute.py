"""Executing a recorded operation at Stripe, exactly once however often it is retried."""

import math
from dataclasses import dataclass
from datetime import timedelta

from common.application.payments.deps import PaymentDeps
from common.application.payments.operations import results
from common.application.payments.operations.commit import commit_result
from common.application.payments.operations.leases import LEASE
from common.application.payments.operations.second_look import require_not_done
from common.application.payments.operations.set_off import set_off_debts
from common.application.payments.operations.steps import RefundPending, take_step
from common.application.ports.payments.gateway import Intent
from common.application.shared.publishing import publish_committed
from common.domain.bookings.booking import Booking
from common.domain.payments.operations import (
    OperationStatus,
    PaymentOperation,
    PaymentResult,
    Purpose,
    operation_requested,
)
from common.domain.shared.errors import GatewayRefused, GatewayUncertain, NotFound, PaymentDeclined, Unavailable

_FIRST_WAIT = timedelta(seconds=5)
_LONGEST_WAIT = timedelta(minutes=30)
#: A pending refund takes hours or days, and Stripe tells of its end; looking is for news that were lost.
_REFUND_WAIT = timedelta(hours=1)

#: Operations in these states are still to be done; one that waits for the customer blocks no later one.
OPEN = frozenset({OperationStatus.PENDING, OperationStatus.UNCERTAIN})


class OperationPostponed(Unavailable):
    """Stripe gave no answer, or cannot act now; the next try is queued."""

    code = "payment_postponed"


class OperationBusy(Unavailable):
    """Another worker has the operation; try again soon."""

    code = "payment_in_progress"


@dataclass(frozen=True)
class Executed:
    """What came of an operation.

    Args:
        booking: with the result; ``None`` where another worker had committed one.
        intent: as Stripe answered, where the operation made one.
    """

    booking: Booking | None
    intent: Intent | None = None


async def execute_operation(deps: PaymentDeps, operation_id: str) -> Booking | None:
    """Execute a recorded operation, and commit its result.

    The operation is leased first. A try that follows another looks up what Stripe has before it acts. An unanswered
    call leaves the operation ``uncertain`` with its next try due, and queues a check. The state machine lets at most
    one operation of a booking be under way, so that none has to wait for another here.

    Returns:
        The booking with the result, or ``None`` where there was nothing left to do.

    Raises:
        OperationBusy: try again when the other worker is done.
        OperationPostponed: Stripe gave no answer, now or a moment ago; the operation stays open and its next try is
            queued.
    """
    now = deps.clock.now()
    operation = await deps.operations.claim(operation_id, now, now + LEASE)
    if operation is None:
        await _check_not_open(deps, operation_id)
        return None
    booking = await deps.bookings.get(operation.booking_id)
    if booking is None:
        await deps.operations.release(operation, now + _FIRST_WAIT)
        raise OperationBusy("The booking of this payment cannot be read.")
    if operation.purpose is Purpose.TRANSFER and operation.tries == 1:
        without = await set_off_debts(deps, booking, operation)
        if without is not None:
            return without
    return (await execute_taken(deps, booking, operation)).booking


async def execute_taken(deps: PaymentDeps, booking: Booking, operation: PaymentOperation) -> Executed:
    """Execute an operation that the caller has, and commit its result.

    Args:
        deps: ports.
        booking: as it was read, or has just been committed; the commit finds out whether it still is so.
        operation: claimed, or committed as taken.

    Raises:
        OperationPostponed: Stripe gave no answer; the operation stays open and its next try is queued.
    """
    result = await _attempt(deps, booking, operation)
    committed = await commit_result(deps, operation, result, booking=booking)
    return Executed(committed, result.intent if isinstance(result, results.IntentResult) else None)


async def _check_not_open(deps: PaymentDeps, operation_id: str) -> None:
    """Do nothing for an operation that is done.

    Raises:
        OperationPostponed: its next try is not due yet, and was queued by the worker that postponed it.
        OperationBusy: another worker has it.
    """
    known = await deps.operations.get(operation_id)
    if known is None or known.status not in OPEN:
        return
    wait = (known.next_try_at - deps.clock.now()).total_seconds() if known.next_try_at else 0
    if wait > 0:
        raise OperationPostponed("The payment provider will be called again later.", retry_after=math.ceil(wait))
    raise OperationBusy("Another worker is processing this payment.")


async def _attempt(deps: PaymentDeps, booking: Booking, operation: PaymentOperation) -> PaymentResult:
    try:
        await require_not_done(deps, booking, operation)
        look_first = operation.tries > 1 or booking.payment_details.may_have_moved
        return await take_step(deps, booking, operation, look_first=look_first)
    except PaymentDeclined as declined:
        return results.of_decline(declined, is_setup=operation.purpose is Purpose.SAVE_CARD)
    except GatewayRefused as refused:
        return results.of_refusal(refused.reason)
    except NotFound as missing:
        return results.of_refusal(missing.wire_code)
    except Unavailable as unavailable:
        await _postpone(deps, operation, unavailable)
        raise OperationPostponed(unavailable.detail, retry_after=unavailable.retry_after) from unavailable


async def _postpone(deps: PaymentDeps, operation: PaymentOperation, why: Unavailable) -> None:
    """Leave the operation open, due again later, and queue the check that will do it."""
    now = deps.clock.now()
    changed = {"failure_code": why.wire_code, "updated_at": now}
    if isinstance(why, GatewayUncertain):
        changed["status"] = OperationStatus.UNCERTAIN
        changed["key_generation"] = operation.key_generation + int(why.is_final)
    due = now + (_REFUND_WAIT if isinstance(why, RefundPending) else wait_before(operation.tries))
    check = operation_requested(operation.booking_id, operation.id, now).model_copy(update={"not_before": due})
    await deps.outbox.insert([check])
    await deps.operations.release(operation.model_copy(update=changed), due)
    await publish_committed(deps.outbox, deps.publisher, [check], deps.clock)


def wait_before(tries: int) -> timedelta:
    """Exponential backoff: 5 s, 10 s, 20 s … at most half an hour."""
    return min(_FIRST_WAIT * int(2 ** min(max(tries - 1, 0), 10)), _LONGEST_WAIT)
