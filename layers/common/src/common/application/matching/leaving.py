"""What becomes of job requests and offers when one of their people has left."""

from collections.abc import Awaitable, Callable

from common.application.matching.closing import end_offers
from common.application.matching.deps import MatchingDeps
from common.application.matching.read import customer_of
from common.application.matching.writing import commit
from common.domain.matching.job_requests import JobRequestStatus
from common.domain.matching.offers import OfferStatus
from common.domain.matching.state_machine import fire_on_offer, perform_on_request
from common.domain.shared.errors import Unavailable, VersionConflict

#: What a customer may still call off.
_CANCELLABLE = (JobRequestStatus.OPEN, JobRequestStatus.OFFERING, JobRequestStatus.EXHAUSTED)
#: Rows that one command erases, or that one look ends.
_BATCH = 500
_PAGE = 50
#: A page that is still not ended after so many looks is being changed by others.
_TRIES = 20


async def end_for_who_left(deps: MatchingDeps, user_id: str, provider_id: str | None) -> None:
    """Cancel the requests of somebody who has left, withdraw the offers they were made, and erase their words.

    Nobody leaves with a booking under way, so none of the requests waits for the payment of one. Safe to repeat; what
    one message has no time for is done by its next delivery, which begins with what is left.

    Args:
        deps: ports.
        user_id: the account.
        provider_id: its provider's profile, if it had one.

    Raises:
        Unavailable: the database is unavailable, or others kept changing what is to be ended.
    """
    await _until_none(lambda: _cancel_some(deps, user_id))
    await _until_none(lambda: deps.requests.erase_customer(user_id, limit=_BATCH))
    if provider_id is not None:
        await _until_none(lambda: _withdraw_some(deps, provider_id))
        await _until_none(lambda: deps.offers.erase_provider(provider_id, limit=_BATCH))
    await _until_none(lambda: deps.offers.erase_customer(user_id, limit=_BATCH))


async def _until_none(step: Callable[[], Awaitable[int]]) -> None:
    """Do a step until it has nothing left to do.

    Raises:
        Unavailable: it never ends; the message must come again.
    """
    for _ in range(_TRIES):
        if not await step():
            return
    raise Unavailable("There is more than one message can do.", retry_after=1)


async def _cancel_some(deps: MatchingDeps, user_id: str) -> int:
    """Cancel a page of requests; how many there were."""
    found = await deps.requests.list_by_customer(user_id, statuses=_CANCELLABLE, limit=_PAGE, before=None)
    for request in found:
        actor = customer_of(request)
        change = perform_on_request(request, "cancel", actor, None, deps.clock.now(), deps.settings)
        try:
            await commit(deps, change, await end_offers(deps, change.request))
        except VersionConflict:
            continue
    return len(found)


async def _withdraw_some(deps: MatchingDeps, provider_id: str) -> int:
    """Withdraw a page of open offers; how many there were."""
    found = await deps.offers.list_by_provider(provider_id, statuses=(OfferStatus.OPEN,), limit=_PAGE, before=None)
    requests = await deps.requests.get_many([each.request_id for each in found])
    for offer in found:
        change = fire_on_offer(offer, requests[offer.request_id], "withdraw", deps.clock.now(), deps.settings)
        if change is None:
            continue
        try:
            await commit(deps, offers=[change])
        except VersionConflict:
            continue
    return len(found)
