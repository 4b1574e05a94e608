"""Addresses as typed, located where they can be."""

from common.application.ports.catalogue.geocoding import Geocoder, Located
from common.domain.identity.users import Address
from common.domain.search.places import country_said
from common.domain.shared.errors import InvalidInput, Unavailable


async def find_place(geocoder: Geocoder, text: str) -> Located:
    """The place of an address where it matters: where somebody works, or is looked for.

    Raises:
        InvalidInput: there is no such place (``unknown_address``).
        Unavailable: nobody can say now.
    """
    found = await geocoder.locate(text)
    if found is None or not found.is_reliable:
        raise InvalidInput.of("address", "This address cannot be found.", "unknown_address")
    return found


async def locate_workplace(geocoder: Geocoder, text: str) -> tuple[Address, Located | None]:
    """Locate where an applicant works; only while nobody can say is an address accepted unseen, and marked so.

    Returns:
        The address, and what is known of the place.

    Raises:
        InvalidInput: there is no such place (``unknown_address``).
    """
    try:
        found = await find_place(geocoder, text)
    except Unavailable:
        return Address(text=text), None
    return located_address(text, found), found


async def locate_address(geocoder: Geocoder, text: str) -> tuple[Address, Located | None]:
    """Locate an address; one that cannot be located is accepted and marked so.

    Returns:
        The address, and what is known of the place.
    """
    try:
        found = await geocoder.locate(text)
    except Unavailable:
        found = None
    if found is None or not found.is_reliable:
        return Address(text=text), None
    return located_address(text, found), found


def located_address(text: str, found: Located) -> Address:
    """An address as typed, at the place that was found for it."""
    suburb = found.suburb or found.locality
    return Address(
        text=text,
        lat=found.lat,
        lng=found.lng,
        is_located=True,
        suburb=suburb,
        country=found.country,
        uncertainty_m=found.uncertainty_m,
    )


def country_of(address: Address) -> str:
    """The country (ISO 3166-1 alpha-2) of an address: where it was located, or else what it says; it may be unknown."""
    return address.country or country_said(address.text)
