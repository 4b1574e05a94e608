"""The phases of reconciliation: each takes one bounded step from where it stands, and says whether there is more."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from common.application.payments.reconciliation.deps import ReconciliationDeps
from common.application.payments.reconciliation.repairs import requeue_events, requeue_operations
from common.application.payments.reconciliation.unmatched_records import booking_of_entry, is_settled, reconcile_intent
from common.application.ports.payments.gateway import Intent
from common.application.ports.payments.reconciliation import DueReconciliation, MovedAtStripe, Progress
from common.application.shared.publishing import publish_committed
from common.domain.bookings.discrepancies import UNCLAIMED, Discrepancy
from common.domain.payments.operations import GONE, RECONCILIATION_REQUESTED
from common.domain.shared.errors import GigstaError, NotFound, Unavailable
from common.domain.shared.events import Event, Topic, new_event

#: What changed a moment ago may still be under way, and may be stored a little after its instant.
SETTLING = timedelta(minutes=10)
#: The first run looks this far back.
FIRST_PERIOD = timedelta(days=1)
#: Stripe lists the newest first, so a period is read in parts that one run can end.
_WINDOW = timedelta(hours=1)
_BATCH = 50
#: Stripe lists at most so many in a page (https://docs.stripe.com/api/pagination).
_LISTED = 100
#: Compared at once by a run itself, and how many in all; what is more goes to the queue.
_WIDTH = 4
_INLINE = 48
#: Bookings of one message: what a worker compares in its share of an invocation, with its waits for its turn at Stripe.
_PER_MESSAGE = 8
#: What a booking takes of the reads, and what part of all reads the queue is given; the run's own lists have the rest.
_READS_EACH = 2
_QUEUES_PART = 0.8
#: SQS delays a message by at most 15 minutes, which is how often reconciliation runs.
_SPREAD_SECONDS = 900

#: What one row or object can be at fault for; the driver's own errors are none of these.
_OF_ITS_OWN = (GigstaError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError)

_Listed = TypeVar("_Listed", Intent, MovedAtStripe)
Lists = Callable[[datetime, datetime, str | None], Awaitable[Sequence[_Listed]]]


@dataclass(frozen=True)
class Step:
    """One step of a phase.

    Args:
        deps: ports.
        place: where the phase stands.
        now: the run's instant.
        has_time: whether the run may go on, asked between things that take a while.
        counts: of the run, by metric name.
        faults: takes what was met on the way and stopped only the thing that met it.
        compare: compares one booking; returns how many differences it has.
    """

    deps: ReconciliationDeps
    place: Progress
    now: datetime
    has_time: Callable[[], bool]
    counts: Counter[str]
    faults: list[Exception]
    compare: Callable[[ReconciliationDeps, DueReconciliation], Awaitable[int]]

    def at(self, after: str | None) -> Progress:
        """Inside the current window, after the item seen last."""
        return self.place.model_copy(update={"after": after})

    def up_to(self, until: datetime) -> Progress:
        """With everything before an instant marked as done."""
        latest = max(until, self.place.verified_until)
        return self.place.model_copy(update={"verified_until": latest, "window_end": None, "after": None})


Phase = Callable[[Step], Awaitable[tuple[Progress, bool]]]


async def _operations(step: Step) -> tuple[Progress, bool]:
    """Queue overdue operations again in the order of their ids, starting over when all were seen."""
    count, after = await requeue_operations(step.deps, step.now, SETTLING, limit=_BATCH, after=step.place.after or "")
    step.counts["OperationsRequeued"] += count
    return (step.at(after), True) if after else (step.up_to(step.now), False)


async def _events(step: Step) -> tuple[Progress, bool]:
    """Queue Stripe's events again that were not processed, starting over when all were seen."""
    place = step.place
    seen = (place.window_end, place.after) if place.window_end and place.after else None
    count, last = await requeue_events(step.deps, step.now, SETTLING, limit=_BATCH, after=seen)
    step.counts["StripeEventsRequeued"] += count
    if last is None:
        return step.up_to(step.now), False
    return place.model_copy(update={"window_end": last[0], "after": last[1]}), True


@contextmanager
def _isolated(step: Step) -> Iterator[None]:
    """Keep the failure of one item, such as a row that cannot be read, from blocking the rest.

    Where Stripe or the database is unavailable, the phase stops and goes on from its place in the next run.
    """
    try:
        yield
    except Unavailable:
        raise
    except _OF_ITS_OWN as fault:
        step.faults.append(fault)


async def _intents(step: Step) -> tuple[Progress, bool]:
    """Look at the intents of one page that Stripe lists."""
    records = step.deps.records

    async def page(since: datetime, until: datetime, after: str | None) -> Sequence[Intent]:
        return await records.list_intents(since, until, limit=_LISTED, after=after)

    async def look(intents: Sequence[Intent]) -> str | None:
        for intent in intents:
            with _isolated(step):
                name, found = await reconcile_intent(step.deps, intent)
                step.counts[name] += 1
                await step.deps.reviews.report(found)
            if not step.has_time():
                return intent.id
        return None

    return await _window(step, page, look)


async def _moved(step: Step) -> tuple[Progress, bool]:
    """Ask for the bookings whose money moved at Stripe, also where a person moved it on Stripe's dashboard."""
    records = step.deps.records

    async def page(since: datetime, until: datetime, after: str | None) -> Sequence[MovedAtStripe]:
        return await records.list_movements(since, until, limit=_LISTED, after=after)

    async def look(entries: Sequence[MovedAtStripe]) -> str | None:
        found: set[str | None] = set()
        for each in entries:
            with _isolated(step):
                found.add(await booking_of_entry(step.deps, each))
        await step.deps.due.request(sorted(each for each in found if each is not None), step.now)
        return None

    return await _window(step, page, look)


async def _window(
    step: Step, page: "Lists[_Listed]", look: Callable[[Sequence[_Listed]], Awaitable[str | None]]
) -> tuple[Progress, bool]:
    """Look at the next page of the current window, or begin the next window.

    ``look`` tells the id after which it stopped, where it did not come to the page's end.
    """
    place, last = step.place, step.now - SETTLING
    until = place.window_end or min(place.verified_until + _WINDOW, last)
    if until <= place.verified_until:
        return place, False
    try:
        listed = await page(place.verified_until, until, place.after)
    except NotFound as missing:
        if missing.wire_code not in GONE or place.after is None:
            raise
        return step.at(None), True  # what was seen last is gone at Stripe: the part is begun again
    stopped_after = await look(listed)
    if stopped_after is None and len(listed) < _LISTED:
        return step.up_to(until), until < last
    after = stopped_after or listed[-1].id
    return place.model_copy(update={"window_end": until, "after": after}), True


async def _touched(step: Step) -> tuple[Progress, bool]:
    """Ask for the bookings whose operations changed, the oldest change first."""
    place, until = step.place, step.now - SETTLING
    seen = (place.verified_until, place.after) if place.after else None
    page = await step.deps.reviews.list_touched(place.verified_until, until, limit=_BATCH, after=seen)
    await step.deps.due.request(sorted({each.booking_id for each in page}), step.now)
    if len(page) < _BATCH:
        return step.up_to(until), False
    return place.model_copy(update={"verified_until": page[-1].at, "after": page[-1].operation_id}), True


async def _due(step: Step) -> tuple[Progress, bool]:
    """Compare a few of the waiting bookings, or send a share of them to the queue.

    One that cannot be compared does not block others: it waits longer each time.
    """
    if step.counts["BookingsReconciled"] >= _INLINE:
        return await _queue_due(step)
    claimed = await step.deps.due.claim(step.now, limit=_WIDTH)
    compared = await asyncio.gather(*(step.compare(step.deps, each) for each in claimed), return_exceptions=True)
    faults = [each for each in compared if isinstance(each, Exception)]
    step.counts["BookingsReconciled"] += len(compared) - len(faults)
    step.counts["Discrepancies"] += sum(each for each in compared if isinstance(each, int))
    step.faults.extend(faults)
    is_unavailable = any(isinstance(each, Unavailable) for each in faults)
    return step.up_to(step.now), len(claimed) == _WIDTH and not is_unavailable


async def _queue_due(step: Step) -> tuple[Progress, bool]:
    """Give the queue a share of the waiting bookings, spread over the time until the next run."""
    deps, queued = step.deps, step.counts["ReconciliationsQueued"]
    per_second = deps.reads_per_second * _QUEUES_PART / _READS_EACH
    room = min(_BATCH, int(_SPREAD_SECONDS * per_second) - queued)
    claimed = await deps.due.claim(step.now, limit=room) if room > 0 else []
    groups = [claimed[first : first + _PER_MESSAGE] for first in range(0, len(claimed), _PER_MESSAGE)]
    events = [
        _request(group, step.now + timedelta(seconds=(queued + number * _PER_MESSAGE) / per_second))
        for number, group in enumerate(groups)
    ]
    await deps.outbox.insert(events)
    await publish_committed(deps.outbox, deps.publisher, events, deps.clock)
    step.counts["ReconciliationsQueued"] += len(claimed)
    return step.up_to(step.now), len(claimed) == _BATCH


def _request(group: Sequence[DueReconciliation], at: datetime) -> Event:
    """The message about a few bookings, to be delivered at an instant."""
    event = new_event(Topic.PAYMENTS, RECONCILIATION_REQUESTED, at)
    payload = {"bookings": [{"booking_id": each.booking_id, "revision": each.revision} for each in group]}
    return event.model_copy(update={"payload": payload, "not_before": at})


async def _unclaimed(step: Step) -> tuple[Progress, bool]:
    """Check unclaimed intents again; what has been settled since is closed."""
    place = step.place
    seen = (place.window_end, place.after) if place.window_end and place.after else None
    page = await step.deps.reviews.list_open(limit=_BATCH, before=seen)
    for each in page:
        with _isolated(step):
            if each.kind in UNCLAIMED and await is_settled(step.deps, each):
                await step.deps.reviews.resolve([each.id], step.now)
        if not step.has_time():
            return _after(place, each), True
    return (_after(place, page[-1]), True) if len(page) == _BATCH else (step.up_to(step.now), False)


def _after(place: Progress, seen: Discrepancy) -> Progress:
    return place.model_copy(update={"window_end": seen.first_seen_at, "after": seen.id})


#: The phase that compares what the others have found.
DUE = "due"

PHASES: Mapping[str, Phase] = {
    "operations": _operations,
    "events": _events,
    "intents": _intents,
    "moved": _moved,
    "touched": _touched,
    DUE: _due,
    "unclaimed": _unclaimed,
}
