"""What a customer does with a request of theirs: cancelling it, and widening it when nobody was found."""

from collections.abc import Mapping
from typing import Any

from common.application.matching.closing import end_offers
from common.application.matching.deps import MatchingDeps
from common.application.matching.limits import require_live_room
from common.application.matching.read import find_request, require_version
from common.application.matching.states import TRIES
from common.application.matching.writing import write
from common.application.shared.publishing import publish_committed
from common.domain.identity.roles import Principal
from common.domain.matching.changes import RequestChange
from common.domain.matching.job_requests import JobRequest
from common.domain.matching.state_machine import perform_on_request
from common.domain.shared.actors import Actor
from common.domain.shared.errors import Unavailable, VersionConflict
from common.domain.shared.events import Event


async def cancel_request(
    deps: MatchingDeps, caller: Principal, request_id: str, *, reason: str = "", expected_version: int | None = None
) -> tuple[JobRequest, Actor]:
    """Call a request off; open offers are withdrawn.

    Args:
        deps: ports.
        caller: the customer, or an operator.
        request_id: which.
        reason: for the history.
        expected_version: the version that the caller has read, where it matters.

    Raises:
        NotFound: no such request for the caller.
        ActionNotAvailable: it has ended, or somebody has taken it.
        VersionConflict: it is not the version that the caller expects.
        Unavailable: it kept changing, or the database is unavailable.
    """
    return await _perform(deps, caller, request_id, "cancel", {"reason": reason}, expected_version)


async def extend_request(
    deps: MatchingDeps,
    caller: Principal,
    request_id: str,
    wider: Mapping[str, Any],
    *,
    expected_version: int | None = None,
) -> tuple[JobRequest, Actor]:
    """Look further for what nobody was found for.

    Args:
        deps: ports.
        caller: the customer.
        request_id: which.
        wider: the fields of the action's input (``state_machine.Extension``).
        expected_version: the version that the caller has read, where it matters.

    Raises:
        NotFound: no such request for the caller.
        Forbidden: the caller is an operator.
        ActionNotAvailable: somebody is still asked, or it was widened as often as may be.
        InvalidInput: nothing becomes wider, or something too wide.
        Conflict: as many others are under way as may be (``too_many_live_requests``).
        VersionConflict, Unavailable: as for ``cancel_request``.
    """
    return await _perform(deps, caller, request_id, "extend", wider, expected_version)


async def _perform(
    deps: MatchingDeps,
    caller: Principal,
    request_id: str,
    action: str,
    input_: Mapping[str, Any],
    expected_version: int | None,
) -> tuple[JobRequest, Actor]:
    """Perform an action of the table as the caller.

    A request that changes meanwhile is read and judged again, so that the loser of a race is refused by the rules; who
    has named a version is refused at once.
    """
    for _ in range(TRIES):
        request, actor = await find_request(deps, caller, request_id)
        require_version(deps, request, actor, expected_version)
        change = perform_on_request(request, action, actor, input_, deps.clock.now(), deps.settings)
        try:
            events = await _write(deps, request, change)
        except VersionConflict:
            continue
        await publish_committed(deps.outbox, deps.publisher, events, deps.clock)
        return change.request, actor
    raise Unavailable("The request is being changed by others.", retry_after=1)


async def _write(deps: MatchingDeps, before: JobRequest, change: RequestChange) -> list[Event]:
    """Write the change with the ends of its offers; one that comes to life again counts among those under way."""
    offers = [] if change.request.is_live else await end_offers(deps, change.request)

    async def work() -> list[Event]:
        if change.request.is_live and not before.is_live:
            await require_live_room(deps, before.customer_id)
        return await write(deps, change, offers)

    return await deps.unit_of_work.run(work)
