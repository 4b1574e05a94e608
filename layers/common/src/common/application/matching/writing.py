"""Writing what was decided of a request and its offers, with its figures, events and timer, in one unit of work."""

from collections.abc import Sequence

from common.application.matching.deps import MatchingDeps
from common.application.shared.publishing import publish_committed
from common.domain.matching.changes import OfferChange, RequestChange
from common.domain.matching.counted_answers import counted_answer
from common.domain.matching.job_requests import JobRequest
from common.domain.scheduling.slot_cells import claim_ids
from common.domain.shared.events import Event, Topic, new_event

#: That a request may be due: whoever takes the message looks.
REQUEST_DUE = "job_request.due"


async def write(
    deps: MatchingDeps,
    request: RequestChange | None = None,
    offers: Sequence[OfferChange] = (),
    also: Sequence[Event] = (),
) -> list[Event]:
    """Write changes inside the unit of work under way.

    Of two that change one request, or make offers to one provider, the later one begins anew or is refused.

    Args:
        deps: ports.
        request: the request's change, if it changes.
        offers: the offers' changes.
        also: events of what is written with it, to be stored by the same command.

    Returns:
        All events, to be published once the unit of work has committed.

    Raises:
        VersionConflict: the request or an offer is not the one that was decided on.
        Conflict: as ``JobRequests.insert``.
    """
    events: list[Event] = [*also]
    if request is not None:
        await (deps.requests.insert if request.expected_version is None else deps.requests.replace)(request.request)
        events += [*request.events, *timers(request.request)]
    new = [each.offer for each in offers if each.expected_version is None]
    changed = [each.offer for each in offers if each.expected_version is not None]
    if new:
        await deps.stats.count_offers([each.provider_id for each in new], new[0].created_at)
        await deps.offers.insert(new)
    if changed:
        await deps.offers.replace(changed)
        answers = [answer for each in changed if (answer := counted_answer(each))]
        await deps.stats.count_answers(answers, changed[0].updated_at)
        await deps.holds.free([claim_id for each in offers for claim_id in _released(each)])
    events += [event for each in offers for event in each.events]
    if events:
        await deps.outbox.insert(events)
    return events


def _released(change: OfferChange) -> Sequence[str]:
    """Ids of the claims that a change gives up."""
    name = change.released_claim_id
    return claim_ids(name, change.offer.resource_ids) if name else ()


async def commit(deps: MatchingDeps, request: RequestChange | None = None, offers: Sequence[OfferChange] = ()) -> None:
    """Write changes in a unit of work of their own, and publish their events (see ``write`` for what it raises)."""
    events = await deps.unit_of_work.run(lambda: write(deps, request, offers))
    await publish_committed(deps.outbox, deps.publisher, events, deps.clock)


def timers(request: JobRequest) -> list[Event]:
    """The message that says when a request is due; lost, doubled or late it harms nothing, for the sweep looks too."""
    if request.next_due_at is None:
        return []
    event = new_event(Topic.MATCHING, REQUEST_DUE, request.updated_at, request_id=request.id)
    is_later = request.next_due_at > request.updated_at
    return [event.model_copy(update={"not_before": request.next_due_at}) if is_later else event]
