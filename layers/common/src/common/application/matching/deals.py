"""What an offer becomes: the booking that both sides agree to, decided by the very rules of booking."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from common.application.matching.deps import MatchingDeps
from common.application.matching.replies import Reply
from common.application.matching.states import with_state
from common.application.ports.bookings.offers import Offer as Offered
from common.application.scheduling.occupancy import first_free_start, judge_slot
from common.application.shared.together import together
from common.domain.bookings.booking import BookingChange, Place, ServiceArea
from common.domain.bookings.places import elsewhere
from common.domain.bookings.state_machine import Agreed, AgreedLine, NewBooking, SlotVerdict, create
from common.domain.catalogue.place_kinds import PlaceKind
from common.domain.catalogue.providers import Provider
from common.domain.identity.users import User
from common.domain.matching.job_requests import JobRequest
from common.domain.matching.offers import Offer, booking_id_of, pays_at_once
from common.domain.matching.windows import last_start
from common.domain.scheduling.slot_cells import claim_ids
from common.domain.shared.actors import Actor
from common.domain.shared.errors import OfferGone, SlotUnavailable
from common.domain.shared.geo import Point, distance_m

_A_SECOND = timedelta(seconds=1)
#: No caller's key has a line break: whoever books cannot use up the key of what an offer becomes.
_NO_CALLERS = "\n"


@dataclass(frozen=True)
class Parties:
    """What a deal is decided on, as read just now: the service with its provider's time, and the customer."""

    offered: Offered
    customer: User


@dataclass(frozen=True)
class Terms:
    """What is agreed to: the price in lines, and when the work starts, as far as the provider's time is known.

    ``verdict`` has the limits to count where nobody has named the start; a start that the provider names is theirs.
    """

    lines: tuple[AgreedLine, ...]
    start_at: datetime
    verdict: SlotVerdict = field(default_factory=SlotVerdict)


async def read_parties(
    deps: MatchingDeps, offer: Offer, request: JobRequest, actor: Actor, around: datetime | None
) -> Parties:
    """The service with what is taken around an instant, or else where the work would likely start, and the customer.

    Raises:
        OfferGone: one of them is not there any more, or may not take part; ``extra`` has the offer's state.
    """
    around = around or offer.soonest_start_at or request.window.start_at
    offered, customer = await together(deps.offered.get(offer.service_id, around), deps.users.get(offer.customer_id))
    if offered is None or customer is None or not customer.is_usable:
        raise with_state(deps, OfferGone("This job is not to be had any more."), offer, request, actor)
    return Parties(offered, customer)


async def choose_terms(deps: MatchingDeps, reply: Reply, parties: Parties, start: datetime | None) -> Terms:
    """The terms of a provider's answer: the price, and the start that is known, or else the first one that is free.

    Raises:
        SlotUnavailable: no start is known, and none is free.
    """
    lines = (AgreedLine(reply.price()),)
    if start is not None:
        return Terms(lines, start)
    found = await _choose_start(deps, reply.offer, reply.request, parties, reply.now)
    if found is None:
        raise SlotUnavailable("You have no free time left in the window.")
    return Terms(lines, *found)


async def _choose_start(
    deps: MatchingDeps, offer: Offer, request: JobRequest, parties: Parties, now: datetime
) -> tuple[datetime, SlotVerdict] | None:
    """The first start in the window that the provider's own rules leave free, with the limits it counts for."""
    provider, soonest = parties.offered.provider, offer.soonest_start_at
    if soonest is not None and now < soonest:
        verdict = judge_slot(
            parties.offered.claims,
            provider,
            soonest,
            duration_minutes=offer.minutes,
            resource_ids=offer.resource_ids,
            now=now,
            apart_from=(offer.id,),
        )
        if verdict.is_bookable and request.window.start_at <= soonest <= last_start(request.window, offer.minutes):
            return soonest, verdict
    return await free_start(deps, offer, request, provider, now)


async def free_start(
    deps: MatchingDeps,
    offer: Offer,
    request: JobRequest,
    provider: Provider,
    now: datetime,
    *,
    is_notice_waived: bool = False,
) -> tuple[datetime, SlotVerdict] | None:
    """The first free start in the window, by what is taken of the provider's time as stored now; ``None`` without one.

    ``is_notice_waived`` is for a provider who is there: they may name a start within their own notice.
    """
    first = max(request.window.start_at, now + _A_SECOND)
    last = last_start(request.window, offer.minutes) + _A_SECOND
    return await first_free_start(
        deps.bookings,
        provider,
        (first, last),
        duration_minutes=offer.minutes,
        resource_ids=offer.resource_ids,
        now=now,
        apart_from=(offer.id,),
        is_notice_waived=is_notice_waived,
    )


def decide_booking(
    deps: MatchingDeps, offer: Offer, request: JobRequest, parties: Parties, terms: Terms, now: datetime
) -> BookingChange:
    """The booking that an offer becomes, or a quote would become: its price, taxes and time are the quote's.

    Raises:
        Conflict, Forbidden, InvalidInput: as for any booking (``state_machine.create``).
    """
    service, provider, customer = parties.offered.service, parties.offered.provider, parties.customer
    place = _place(request, parties)
    new = NewBooking(
        customer_id=offer.customer_id,
        start_at=terms.start_at,
        place=place,
        notes=request.description,
        access_notes=request.access_notes if place.kind is PlaceKind.CUSTOMER else "",
        stripe_customer_id=customer.stripe_customer_id,
        payment_method_id=request.payment_method_id if pays_at_once(request, offer) else None,
        idempotency_key=f"offer:{offer.id}{_NO_CALLERS}",
        replaces_claim_ids=hold_ids(offer),
        agreed=Agreed(
            booking_id=booking_id_of(offer.id),
            job_request_id=request.id,
            offer_id=offer.id,
            lines=terms.lines,
            minutes=offer.minutes,
            hold=deps.settings.matched_hold,
        ),
    )
    return create(new, service, provider, terms.verdict, now, deps.booking_settings)


def hold_ids(offer: Offer) -> tuple[str, ...]:
    """Ids of the claims that hold a quote's time."""
    return claim_ids(offer.claim_id, offer.resource_ids) if offer.claim_id else ()


def _place(request: JobRequest, parties: Parties) -> Place:
    """Where the work happens: at the customer's, as the request keeps it, or as the provider's profile says now."""
    service, provider = parties.offered.service, parties.offered.provider
    if request.place_kind is not PlaceKind.CUSTOMER:
        return elsewhere(request.place_kind, service, provider)
    place, home = request.place, provider.address
    if place.lat is None or place.lng is None or home.lat is None or home.lng is None:
        return place.model_copy(update={"service_area": ServiceArea.UNKNOWN})
    metres = distance_m(Point(place.lat, place.lng), Point(home.lat, home.lng))
    is_inside = metres + home.uncertainty_m <= provider.service_radius_km * 1000
    return place.model_copy(update={"service_area": ServiceArea.INSIDE if is_inside else ServiceArea.UNCERTAIN})
