"""Addresses and points."""

from enum import StrEnum
from typing import Protocol

from common.domain.shared.model import Model


class Accuracy(StrEnum):
    """How exactly a point stands for its address."""

    ADDRESS = "address"
    STREET = "street"
    LOCALITY = "locality"


#: Below this a match is a guess.
LEAST_CONFIDENCE = 0.5
#: How far from its point an address may lie, in metres, where nothing better is known.
_UNCERTAINTY = {Accuracy.ADDRESS: 50, Accuracy.STREET: 500, Accuracy.LOCALITY: 3_000}


class Located(Model):
    """An address with its point (WGS 84 degrees); ``country`` is ISO 3166-1 alpha-2, ``region`` its short name.

    ``locality`` is the city or town, ``suburb`` the smallest area with a name, as people say where they live.
    ``confidence`` says from 0 to 1 how sure it is that this place is meant.
    """

    label: str
    lat: float
    lng: float
    accuracy: Accuracy
    locality: str = ""
    suburb: str = ""
    region: str = ""
    country: str = ""
    confidence: float = 1.0
    radius_m: int | None = None

    @property
    def is_reliable(self) -> bool:
        """Whether the place may be acted upon."""
        return self.confidence >= LEAST_CONFIDENCE

    @property
    def uncertainty_m(self) -> int:
        """How far from the point the address may lie, in metres."""
        return _UNCERTAINTY[self.accuracy] if self.radius_m is None else self.radius_m


class PlaceNames(Protocol):
    """Knows places by their names, with no other service behind it."""

    async def named(self, text: str) -> Located | None:
        """The place that a text names and says nothing else besides; ``None`` if there is none, or more than one."""
        ...


class Geocoder(Protocol):
    """Turns addresses into points and back."""

    async def locate(self, text: str) -> Located | None:
        """The point of an address; ``None`` if it cannot be located.

        Raises:
            Unavailable: the service behind it does not answer.
        """
        ...

    async def reverse(self, lat: float, lng: float) -> Located | None:
        """The address nearest to a point; ``None`` if there is none near.

        Raises:
            Unavailable: the service behind it does not answer.
        """
        ...
