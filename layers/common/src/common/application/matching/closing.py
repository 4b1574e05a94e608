"""What becomes of open offers when their request needs nobody any more."""

from collections.abc import Sequence

from common.application.matching.deps import MatchingDeps
from common.application.matching.read import MOST_OFFERS
from common.domain.matching.changes import OfferChange
from common.domain.matching.job_requests import JobRequest
from common.domain.matching.offers import Offer, OfferStatus
from common.domain.matching.state_machine import fire_on_offer


async def end_offers(
    deps: MatchingDeps, request: JobRequest, *, apart_from: str | None = None, known: Sequence[Offer] | None = None
) -> list[OfferChange]:
    """End the open offers of a request: those whose time is over run out, the others are withdrawn.

    Args:
        deps: ports.
        request: as it is afterwards.
        apart_from: an offer that has a change of its own.
        known: its offers, where they have been read since the request was.

    Returns:
        Their changes, to be written with the request's.
    """
    now, settings = deps.clock.now(), deps.settings
    changes = []
    offers = await deps.offers.list_by_request(request.id, limit=MOST_OFFERS) if known is None else known
    for offer in offers:
        if offer.status is OfferStatus.OPEN and offer.id != apart_from:
            action = "expire" if offer.expires_at <= now else "withdraw"
            if change := fire_on_offer(offer, request, action, now, settings):
                changes.append(change)
    return changes
