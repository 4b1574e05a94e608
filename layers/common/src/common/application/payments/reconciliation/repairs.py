"""Automatic repairs: stuck operations and events are queued again, also after their message was dead-lettered."""

from datetime import datetime, timedelta

from common.application.payments.reconciliation.deps import ReconciliationDeps
from common.application.shared.publishing import publish_committed
from common.domain.payments.operations import operation_requested


async def requeue_operations(
    deps: ReconciliationDeps, now: datetime, older_than: timedelta, *, limit: int, after: str
) -> tuple[int, str | None]:
    """Queue one page of overdue operations again.

    Args:
        deps: ports.
        now: the run's instant.
        older_than: how long one must have been left alone.
        limit: the page's size.
        after: the id of the last one seen, empty to begin.

    Returns:
        How many, and the id of the last one seen; ``None`` where the page was the last.
    """
    page = await deps.operations.list_due(now, limit=limit, after=after)
    due = [each for each in page if each.updated_at <= now - older_than]
    events = [operation_requested(each.booking_id, each.id, now) for each in due]
    await deps.outbox.insert(events)
    await publish_committed(deps.outbox, deps.publisher, events, deps.clock)
    return len(events), page[-1].id if len(page) == limit else None


async def requeue_events(
    deps: ReconciliationDeps, now: datetime, older_than: timedelta, *, limit: int, after: tuple[datetime, str] | None
) -> tuple[int, tuple[datetime, str] | None]:
    """Queue one page of Stripe's events again that were stored and not processed.

    Args:
        deps: ports.
        now: the run's instant.
        older_than: how long one must have waited.
        limit: the page's size.
        after: (received at, id) of the last one seen.

    Returns:
        How many the queue took, and the last one seen; ``None`` where the page was the last.
    """
    page = await deps.events.list_unprocessed(before=now - older_than, limit=limit, after=after)
    taken = sum([await deps.queue.send(each.id) for each in page])
    last = page[-1] if len(page) == limit else None
    return taken, (last.received_at, last.id) if last and last.received_at else None
