"""Where a booking's work happens: which of a service's kinds of place it is, and what is kept of it."""

from common.domain.bookings.booking import Place, ServiceArea
from common.domain.catalogue.place_kinds import PlaceKind
from common.domain.catalogue.providers import Provider
from common.domain.catalogue.services import Service
from common.domain.identity.users import Address
from common.domain.shared.errors import Conflict, InvalidInput
from common.domain.shared.geo import Point, distance_m

_AT = {
    PlaceKind.CUSTOMER: "at the customer's address",
    PlaceKind.PROVIDER: "at the provider's place",
    PlaceKind.ONLINE: "online",
}
_NOBODY_COMES = "Nobody comes to you for this: it is done {where}. Leave it out."


def choose_kind(service: Service, asked: PlaceKind | None) -> PlaceKind:
    """The kind of place of a booking: the one that is asked for, or the only one there is.

    Raises:
        InvalidInput: the service is not done there, or can be done in several ways and none is named.
    """
    offered = service.place_kinds
    if asked is None and len(offered) == 1:
        return offered[0]
    ways = " or ".join(kind.value for kind in offered)
    if asked is None:
        raise InvalidInput.of("place_kind", f"Say where it shall be done: {ways}.", "missing")
    if asked not in offered:
        raise InvalidInput.of("place_kind", f"This service is not done {_AT[asked]}; ask for {ways}.", "not_offered")
    return asked


def check_address(kind: PlaceKind, address: str | None, access_notes: str) -> None:
    """A visit needs the address. With anything else an address is refused: who gives one expects somebody to come.

    Raises:
        InvalidInput: the address is missing, or it or the notes on how to get in are out of place.
    """
    if kind is PlaceKind.CUSTOMER:
        if not address:
            raise InvalidInput.of("address", "Give the address that the provider shall come to.", "missing")
        return
    for field, given in (("address", address), ("access_notes", access_notes)):
        if given:
            raise InvalidInput.of(field, _NOBODY_COMES.format(where=_AT[kind]), "not_allowed")


def at_customer(found: Address, provider: Provider) -> Place:
    """The customer's address, as far as it lies within the provider's radius.

    An address that cannot be located, or not exactly enough to tell, is taken and said so.

    Raises:
        InvalidInput: it lies outside, however far both addresses may be from their points.
    """
    home, area = provider.address, ServiceArea.UNKNOWN
    if found.lat is not None and found.lng is not None and home.lat is not None and home.lng is not None:
        metres = distance_m(Point(found.lat, found.lng), Point(home.lat, home.lng))
        reach, doubt = provider.service_radius_km * 1000, found.uncertainty_m + home.uncertainty_m
        if metres - doubt > reach:
            raise InvalidInput.of("address", "The provider does not come that far.", "outside_service_area")
        area = ServiceArea.INSIDE if metres + doubt <= reach else ServiceArea.UNCERTAIN
    return at_address(PlaceKind.CUSTOMER, found).model_copy(update={"service_area": area})


def elsewhere(kind: PlaceKind, service: Service, provider: Provider) -> Place:
    """The provider's place, as their profile has it now, or online, by the service's own link where it has one.

    Raises:
        Conflict: nobody knows where the provider's place is (``provider_address_needed``).
    """
    if kind is PlaceKind.ONLINE:
        return Place(kind=kind, online_link=service.online_link)
    if not provider.address.is_located:
        raise Conflict("The provider's address is not known.", code="provider_address_needed")
    return at_address(kind, provider.address)


def at_address(kind: PlaceKind, address: Address) -> Place:
    """A place as far as its address tells of it."""
    located = address.model_dump(include={"lat", "lng", "is_located", "suburb", "country"})
    return Place(kind=kind, address=address.text, **located)
