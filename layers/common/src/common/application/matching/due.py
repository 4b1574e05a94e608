"""Timers of requests and offers: doing what is due, by a message for one request, and by the sweep for all.

The sweep is authoritative: a message only makes it sooner. Whatever does nothing because somebody else was quicker has
done no harm.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial

from common.application.matching.closing import end_offers
from common.application.matching.deps import MatchingDeps
from common.application.matching.follow_booking import follow_booking
from common.application.matching.waves import send_wave
from common.application.matching.writing import write
from common.application.shared.publishing import publish_committed
from common.application.shared.sweeping import Done, Tally, UnreadableRowError, work_on_each
from common.domain.matching.job_requests import JobRequest
from common.domain.matching.offers import Offer
from common.domain.matching.state_machine import due_request_action, fire_on_offer, fire_on_request
from common.domain.shared.errors import VersionConflict
from common.domain.shared.events import Event

#: How long what one sweep has taken is left alone by others; also how soon a failed one is tried again.
LEASE = timedelta(minutes=2)
_BATCH = 50
#: No request has more actions due at once than this, even when the clock was moved by weeks.
_MOST_ACTIONS = 10


async def run_due(deps: MatchingDeps, request_id: str) -> None:
    """Do what is due of one request now; a message that is early, late, doubled or about nothing does nothing.

    Raises:
        Unavailable: the database is unavailable; the message must come again.
    """
    request = await deps.requests.get(request_id)
    if request is not None:
        done = await _run_request(deps, request)
        await publish_committed(deps.outbox, deps.publisher, done.events, deps.clock)


async def sweep_due(deps: MatchingDeps, *, has_time: Callable[[], bool]) -> Counter[str]:
    """Do what is due of all requests and offers, batch by batch; any number of sweeps may run at once.

    Each batch is leased in the database: no other sweep works on it, and one that dies leaves it to a later one.

    Args:
        deps: ports.
        has_time: asked before each further batch.

    Returns:
        How many requests and offers were worked on, by the action.

    Raises:
        BaseException: the first fault met, after everything else has been done.
    """
    tally, is_all = Tally(), False
    while not is_all:
        now = deps.clock.now()
        requests = await deps.requests.claim_due(now, until=now + LEASE, limit=_BATCH)
        offers = await deps.offers.claim_due(now, until=now + LEASE, limit=_BATCH)
        outcomes = [
            *await work_on_each(requests.rows, partial(_run_request, deps)),
            *await work_on_each(offers.rows, partial(_expire, deps)),
            *map(UnreadableRowError, (*requests.unreadable, *offers.unreadable)),
        ]
        await publish_committed(deps.outbox, deps.publisher, tally.add(outcomes), deps.clock)
        is_all = (requests.is_all and offers.is_all) or not has_time()
    return tally.result()


async def _run_request(deps: MatchingDeps, request: JobRequest) -> Done:
    """Do one due action after the other, as after a long pause several may be due at once."""
    actions: list[str] = []
    events: list[Event] = []
    present: JobRequest | None = request
    while present is not None and len(actions) < _MOST_ACTIONS:
        action = due_request_action(present, deps.clock.now(), deps.settings)
        if action is None:
            break
        try:
            made = await _run(deps, present, action)
        except VersionConflict:
            break
        actions.append(action)
        events += made
        if action == "send_wave":
            break  # the next one is never due at once
        before, present = present.version, await deps.requests.get(present.id)
        if present is not None and present.version == before:
            break
    return Done(actions, events)


async def _run(deps: MatchingDeps, request: JobRequest, action: str) -> Sequence[Event]:
    """Do one due action.

    Raises:
        VersionConflict: the request, or one of its offers, has changed meanwhile.
    """
    if action == "send_wave":
        return await send_wave(deps, request)
    if request.booking_id is not None:
        await follow_booking(deps, request.booking_id)
        return []
    change = fire_on_request(request, action, None, deps.clock.now(), deps.settings)
    if change is None:
        return []
    offers = await end_offers(deps, change.request)
    return await deps.unit_of_work.run(lambda: write(deps, change, offers))


async def _expire(deps: MatchingDeps, offer: Offer) -> Done:
    """Let one offer run out."""
    request = await deps.requests.get(offer.request_id)
    change = fire_on_offer(offer, request, "expire", deps.clock.now(), deps.settings) if request else None
    if change is None:
        return Done((), ())
    try:
        events = await deps.unit_of_work.run(lambda: write(deps, offers=[change]))
    except VersionConflict:
        return Done((), ())
    return Done(["expire_offer"], events)
