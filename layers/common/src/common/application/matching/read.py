"""Finding a job request for its customer or an operator; to anyone else it does not exist."""

from collections.abc import Sequence
from dataclasses import dataclass

from common.application.matching.deps import MatchingDeps
from common.domain.identity.permissions import Permission, may, refuse_withheld
from common.domain.identity.roles import Principal
from common.domain.matching.job_requests import JobRequest, JobRequestStatus
from common.domain.matching.offers import Offer
from common.domain.matching.state_machine import available_offer_actions, available_request_actions, request_state
from common.domain.shared.actors import Actor, ActorKind
from common.domain.shared.errors import NotFound, VersionConflict
from common.domain.shared.state_machine import Offer as AvailableAction

#: Offers that are read of one request: more than its waves and extensions can make.
MOST_OFFERS = 300


@dataclass(frozen=True)
class VisibleRequest:
    """A request with the offers that were made about it, in their order, and what the caller may do now."""

    request: JobRequest
    offers: Sequence[Offer]
    actions: Sequence[AvailableAction]


@dataclass(frozen=True)
class VisibleMatch:
    """Somebody who was asked about a request, and what the caller may do with their offer now."""

    offer: Offer
    request: JobRequest
    actions: Sequence[AvailableAction]


def customer_of(request: JobRequest) -> Actor:
    """The customer, in the part of the one who asks."""
    return Actor(kind=ActorKind.CUSTOMER, id=request.customer_id)


def part_in_request(request: JobRequest, caller: Principal) -> Actor | None:
    """In which part a caller faces a request: as its customer first, then as an operator, else not at all.

    Providers who were asked see their offers, which show what they may know of it.
    """
    if caller.user_id == request.customer_id:
        return customer_of(request)
    return Actor(kind=ActorKind.OPERATOR, id=caller.user_id) if may(caller, Permission.SEE_ALL_BOOKINGS) else None


async def find_request(deps: MatchingDeps, caller: Principal, request_id: str) -> tuple[JobRequest, Actor]:
    """A request and the caller's part in it.

    Raises:
        NotFound: there is none, or it is none of the caller's business; even its existence is private.
        Forbidden: the caller is an operator who has not used a second factor (``staff_factor_required``).
    """
    request = await deps.requests.get(request_id)
    actor = part_in_request(request, caller) if request else None
    if request is None or actor is None:
        refuse_withheld(caller, Permission.SEE_ALL_BOOKINGS)
        raise NotFound("There is no such job request.")
    return request, actor


async def list_requests(
    deps: MatchingDeps, caller: Principal, *, statuses: Sequence[JobRequestStatus], limit: int, before: str | None
) -> Sequence[JobRequest]:
    """The caller's own requests, newest first.

    Args:
        deps: ports.
        caller: whose.
        statuses: none means all.
        limit: how many at most.
        before: the id of the last one seen.
    """
    return await deps.requests.list_by_customer(caller.user_id, statuses=statuses, limit=limit, before=before)


async def visible_request(deps: MatchingDeps, request: JobRequest, actor: Actor) -> VisibleRequest:
    """A request that was just found, with who was asked.

    Args:
        deps: ports.
        request: as stored.
        actor: in which part it is seen.
    """
    offers = await deps.offers.list_by_request(request.id, limit=MOST_OFFERS) if request.asked_provider_ids else []
    in_order = sorted(offers, key=lambda each: (each.wave, each.id))
    return VisibleRequest(request, in_order, _actions(deps, request, actor))


async def list_matches(
    deps: MatchingDeps,
    caller: Principal,
    request_id: str,
    *,
    limit: int,
    after: tuple[int, str] | None = None,
) -> Sequence[VisibleMatch]:
    """Everybody who was asked about a request, the best score first.

    Args:
        deps: ports.
        caller: the customer, or an operator.
        request_id: which request.
        limit: how many at most.
        after: points and id of the last one seen.

    Raises:
        NotFound: no such request for the caller.
    """
    request, actor = await find_request(deps, caller, request_id)
    offers = await deps.offers.list_by_request(request.id, limit=MOST_OFFERS)
    ranked = sorted(offers, key=_place)
    rest = [each for each in ranked if after is None or _place(each) > (-after[0], after[1])]
    return [visible_match(deps, each, request, actor) for each in rest[:limit]]


def require_version(deps: MatchingDeps, request: JobRequest, actor: Actor, expected: int | None) -> None:
    """Refuse a caller whose version is not the stored one.

    Raises:
        VersionConflict: with the present version, status and actions.
    """
    if expected is not None and expected != request.version:
        state = request_state(request, actor, deps.clock.now(), deps.settings)
        raise VersionConflict("The request has changed since you read it.", extra=state)


def _actions(deps: MatchingDeps, request: JobRequest, actor: Actor) -> Sequence[AvailableAction]:
    return available_request_actions(request, actor, deps.clock.now(), deps.settings)


def visible_match(deps: MatchingDeps, offer: Offer, request: JobRequest, actor: Actor) -> VisibleMatch:
    """An offer that was just found, with its request and what the actor may do with it now."""
    actions = available_offer_actions(offer, request, actor, deps.clock.now(), deps.settings)
    return VisibleMatch(offer, request, actions)


def _place(offer: Offer) -> tuple[int, str]:
    """Where an offer stands among the others, the best score first."""
    return -offer.score.points, offer.id
