"""What is offered to somebody who books: the service, where it would be done, and whether the start is free."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from common.application.bookings.deps import BookingDeps
from common.application.ports.bookings.offers import Offer
from common.application.scheduling.occupancy import claims_around, judge_slot
from common.domain.bookings.booking import Place
from common.domain.bookings.places import at_customer, check_address, choose_kind, elsewhere
from common.domain.bookings.state_machine import SlotVerdict
from common.domain.catalogue.place_kinds import PlaceKind
from common.domain.catalogue.providers import Provider
from common.domain.catalogue.service_options import ChosenOption
from common.domain.catalogue.services import Service, ServiceStatus
from common.domain.identity.users import Address
from common.domain.shared.errors import NotFound


class OfferRequest(Protocol):
    """What a request says of the service, and of when and where it shall be done."""

    @property
    def service_id(self) -> str:
        """Which service."""
        ...

    @property
    def start_at(self) -> datetime:
        """When, an aware instant."""
        ...

    @property
    def options(self) -> tuple[ChosenOption, ...]:
        """What is added to the service."""
        ...

    @property
    def place_kind(self) -> PlaceKind | None:
        """Which kind of place; ``None`` for the only one."""
        ...

    @property
    def address(self) -> str | None:
        """The customer's, for a visit."""
        ...

    @property
    def access_notes(self) -> str:
        """How to get in there."""
        ...


@dataclass(frozen=True)
class Located:
    """Where a booking would be done.

    Args:
        kind: of the place.
        address: the customer's, for a visit.
        is_late: whether finding it took a call outside, so that everything that was read before has to be read again.
    """

    kind: PlaceKind
    address: Address | None = None
    is_late: bool = False


async def find_offer(deps: BookingDeps, request: OfferRequest, known: Offer | None = None) -> Offer:
    """The service with its provider and what is taken around the start.

    Args:
        deps: ports.
        request: for which service and start.
        known: where it has just been read.

    Raises:
        NotFound: there is no such service.
    """
    offer = known or await deps.offers.get(request.service_id, request.start_at)
    if offer is None or offer.service.status is ServiceStatus.DRAFT:
        raise NotFound("There is no such service.")
    return offer


async def locate(deps: BookingDeps, request: OfferRequest, service: Service) -> Located:
    """Where the service would be done for this request.

    Raises:
        InvalidInput: it is not done where it is asked for; or an address is missing or needless.
    """
    kind = choose_kind(service, request.place_kind)
    check_address(kind, request.address, request.access_notes)
    if kind is not PlaceKind.CUSTOMER:
        return Located(kind)
    return Located(kind, await deps.locate(request.address or ""), deps.locates_outside)


def place_of(located: Located, service: Service, provider: Provider) -> Place:
    """The place as the booking keeps it.

    Raises:
        InvalidInput: the service is not done there any more, or not so far away.
        Conflict: it is done at the provider's place, and nobody knows where that is.
    """
    choose_kind(service, located.kind)
    if located.address is None:
        return elsewhere(located.kind, service, provider)
    return at_customer(located.address, provider)


async def verdict_of(
    deps: BookingDeps, offer: Offer, request: OfferRequest, now: datetime, apart_from: Collection[str]
) -> SlotVerdict:
    """What the slot rules say of the start; claims further away are read only where a limit per day or week counts.

    Args:
        deps: ports.
        offer: as read just now.
        request: for which start and with which options.
        now: the present instant.
        apart_from: bookings and intents whose own claims do not count, because they would make way.
    """
    service, provider = offer.service, offer.provider
    minutes, resources = service.minutes_with(request.options), service.resources()
    bounds = claims_around(provider, request.start_at, minutes, now)
    claims = offer.claims
    if bounds is not None and not offer.covers(*bounds):
        claims = await deps.bookings.list_claims(provider.id, resources, *bounds)
    return judge_slot(
        claims,
        provider,
        request.start_at,
        duration_minutes=minutes,
        resource_ids=resources,
        now=now,
        apart_from=apart_from,
    )
