"""What the one is told who comes too late for an offer, or has read an older version of it."""

from dataclasses import dataclass

from common.application.matching.deps import MatchingDeps
from common.domain.bookings.booking import Booking
from common.domain.matching.job_requests import JobRequest, JobRequestStatus
from common.domain.matching.offers import Offer, OfferStatus
from common.domain.matching.state_machine import offer_state
from common.domain.shared.actors import Actor
from common.domain.shared.errors import GigstaError, OfferGone, VersionConflict

#: How often an answer is decided anew, on the offer and the request as they are then.
TRIES = 8


@dataclass(frozen=True)
class Answered:
    """An offer that was answered: as it is now, with its request, and the booking that it has become, if any."""

    offer: Offer
    request: JobRequest
    booking: Booking | None = None


async def deal_made(deps: MatchingDeps, offer: Offer, request: JobRequest) -> Answered | None:
    """The deal that an offer has become before; ``None`` where it has become none."""
    if offer.status is not OfferStatus.ACCEPTED or offer.booking_id is None:
        return None
    return Answered(offer, request, await deps.bookings.get(offer.booking_id))


def refuse_gone(deps: MatchingDeps, offer: Offer, request: JobRequest, actor: Actor) -> None:
    """Refuse what comes too late.

    Raises:
        OfferGone: the offer is not open, its time is over, or the request needs nobody now.
    """
    is_open = offer.status is OfferStatus.OPEN and deps.clock.now() < offer.expires_at
    if not is_open or request.status is not JobRequestStatus.OFFERING:
        raise with_state(deps, OfferGone("This offer is gone."), offer, request, actor)


def require_version(deps: MatchingDeps, offer: Offer, request: JobRequest, actor: Actor, expected: int | None) -> None:
    """Refuse a caller whose version is not the stored one.

    Raises:
        VersionConflict: with the offer's present state.
    """
    if expected is not None and expected != offer.version:
        stale = VersionConflict("The offer has changed since you read it.")
        raise with_state(deps, stale, offer, request, actor)


def with_state(
    deps: MatchingDeps, refused: GigstaError, offer: Offer, request: JobRequest, actor: Actor
) -> GigstaError:
    """A refusal that tells the offer's present state as well."""
    refused.extra |= offer_state(offer, request, actor, deps.clock.now(), deps.settings)
    return refused
