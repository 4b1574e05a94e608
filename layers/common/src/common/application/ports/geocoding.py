"""Addresses and points."""

from enum import StrEnum
from typing import Protocol

from common.domain.model import Model


class Accuracy(StrEnum):
    """How exactly a point stands for its address."""

    ADDRESS = "address"
    STREET = "street"
    LOCALITY = "locality"


class Located(Model):
    """An address with its point (WGS 84 degrees); ``country`` is ISO 3166-1 alpha-2, ``region`` its short name.

    ``locality`` is the city or town, ``suburb`` the smallest area with a name, as people say where they live.
    """

    label: str
    lat: float
    lng: float
    accuracy: Accuracy
    locality: str = ""
    suburb: str = ""
    region: str = ""
    country: str = ""


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
