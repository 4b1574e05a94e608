"""Finding an offer for a caller; to anyone who was not asked, and does not ask, it does not exist."""

from collections.abc import Sequence

from common.application.matching.deps import MatchingDeps
from common.domain.identity.permissions import Permission, refuse_withheld
from common.domain.identity.roles import Principal
from common.domain.matching.job_requests import JobRequest
from common.domain.matching.offers import Offer, OfferStatus
from common.domain.shared.actors import Actor, ActorKind
from common.domain.shared.errors import NotFound


async def find_offer_as(
    deps: MatchingDeps, caller: Principal, offer_id: str, kind: ActorKind, *, request_id: str | None = None
) -> tuple[Offer, JobRequest, Actor]:
    """An offer with its request, for what only one part may do, and the caller in that part.

    Args:
        deps: ports.
        caller: who asks.
        offer_id: for which.
        kind: the provider who was asked, or the customer who asks.
        request_id: the request that it must belong to, where one is named.

    Raises:
        NotFound: there is none, or the caller has another part in it or none; even its existence is private.
        Forbidden: the caller is an operator who has not used a second factor (``staff_factor_required``).
    """
    found = await deps.offers.get_with_request(offer_id)
    actor = _part_in(found[0], caller) if found else None
    if found is None or actor is None or request_id not in {None, found[1].id}:
        refuse_withheld(caller, Permission.SEE_ALL_BOOKINGS)
        raise _no_offer()
    if actor.kind is not kind:
        raise _no_offer()
    return *found, actor


def _part_in(offer: Offer, caller: Principal) -> Actor | None:
    """In which part a caller faces an offer: as the one who was asked, or who asks, else not at all."""
    parts = {offer.customer_id: ActorKind.CUSTOMER, offer.provider_user_id: ActorKind.PROVIDER}
    kind = parts.get(caller.user_id)
    return Actor(kind=kind, id=caller.user_id) if kind else None


def _no_offer() -> NotFound:
    return NotFound("There is no such offer.")


async def list_offers(
    deps: MatchingDeps, caller: Principal, *, statuses: Sequence[OfferStatus], limit: int, before: str | None
) -> Sequence[tuple[Offer, JobRequest]]:
    """The offers that the caller was made as a provider, newest first, each with its request.

    Args:
        deps: ports.
        caller: whoever is no provider has none.
        statuses: none means all.
        limit: how many at most.
        before: the id of the last one seen.
    """
    if caller.provider_id is None:
        return []
    offers = await deps.offers.list_by_provider(caller.provider_id, statuses=statuses, limit=limit, before=before)
    requests = await deps.requests.get_many(list(dict.fromkeys(each.request_id for each in offers)))
    return [(each, requests[each.request_id]) for each in offers if each.request_id in requests]
