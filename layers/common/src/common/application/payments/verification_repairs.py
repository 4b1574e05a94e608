"""Repairs by rule: what is stuck is queued again, whether or not its message ended with the dead letters."""

from collections.abc import Callable
from datetime import datetime, timedelta

from common.application.payments.verification_deps import VerificationDeps
from common.application.publishing import publish_committed
from common.domain.events import Topic, new_event

_BATCH = 50


async def requeue_operations(
    deps: VerificationDeps, now: datetime, older_than: timedelta, *, has_time: Callable[[], bool]
) -> int:
    """Queue overdue operations again; returns how many."""
    payments = deps.payments
    total, after = 0, ""
    while has_time():
        page = await payments.operations.open_before(now, limit=_BATCH, after=after)
        due = [each for each in page if each.updated_at <= now - older_than]
        events = [
            new_event(
                Topic.PAYMENTS, "payment.operation_requested", now, booking_id=each.booking_id, operation_id=each.id
            )
            for each in due
        ]
        await payments.outbox.add(events)
        await publish_committed(payments.outbox, payments.publisher, events, payments.clock)
        total += len(events)
        if len(page) < _BATCH:
            break
        after = page[-1].id
    return total


async def requeue_events(
    deps: VerificationDeps, now: datetime, older_than: timedelta, *, has_time: Callable[[], bool]
) -> int:
    """Queue Stripe's events again that were stored and not worked off; returns how many the queue took."""
    total = 0
    after: tuple[datetime, str] | None = None
    while has_time():
        page = await deps.events.unprocessed(before=now - older_than, limit=_BATCH, after=after)
        total += sum([await deps.queue.send(each.id) for each in page])
        last = page[-1].received_at if page else None
        if len(page) < _BATCH or last is None:
            break
        after = (last, page[-1].id)
    return total
