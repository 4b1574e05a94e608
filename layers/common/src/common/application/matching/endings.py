"""Offers that end without a deal."""

from datetime import datetime

from common.application.matching.deps import MatchingDeps
from common.application.matching.read import MOST_OFFERS
from common.application.matching.writing import commit
from common.domain.matching.changes import RequestChange
from common.domain.matching.job_requests import JobRequest
from common.domain.matching.offers import Offer, OfferStatus
from common.domain.matching.state_machine import fire_on_offer, fire_on_request
from common.domain.shared.errors import VersionConflict


async def hurry_if_last(deps: MatchingDeps, request: JobRequest, ending: Offer, now: datetime) -> RequestChange | None:
    """That the next wave is due at once, where nobody but this offer's provider was left to answer."""
    offers = await deps.offers.list_by_request(request.id, limit=MOST_OFFERS)
    left = [each for each in offers if each.status is OfferStatus.OPEN and each.expires_at > now]
    if any(each.id != ending.id for each in left):
        return None
    return fire_on_request(request, "hurry", None, now, deps.settings)


async def lapse(deps: MatchingDeps, offer: Offer, request: JobRequest, now: datetime) -> Offer:
    """End an offer whose provider has no time left for it; it stays as it is where it is being changed by others."""
    change = fire_on_offer(offer, request, "lapse", now, deps.settings)
    if change is None:
        return offer
    try:
        await commit(deps, await hurry_if_last(deps, request, offer, now), [change])
    except VersionConflict:
        return offer
    return change.offer
