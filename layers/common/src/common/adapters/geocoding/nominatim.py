"""Nominatim, OpenStreetMap's geocoder (https://nominatim.org/release-docs/latest/api/Overview/)."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import httpx

from common.adapters.geocoding.http import HttpSource, get_json, read
from common.application.ports.catalogue.geocoding import Accuracy, Located

_COUNTRIES = "nz,au"
#: The smallest areas that people name, before the towns.
_AREAS = ("suburb", "city_district", "hamlet", "village")
_LOCALITIES = ("city", "town", "village", "suburb", "municipality", "county")


class Nominatim:
    """Implements ``Geocoder``.

    Args:
        url: the server.
        http: gives the client.
    """

    def __init__(self, url: str, http: HttpSource) -> None:
        self._url = url.rstrip("/")
        self._source = http

    @cached_property
    def _http(self) -> httpx.AsyncClient:
        return self._source()

    async def locate(self, text: str) -> Located | None:
        """The best match in New Zealand or Australia.

        Raises:
            Unavailable: the service does not answer.
        """
        query = {"q": text, "format": "jsonv2", "addressdetails": "1", "limit": "1", "countrycodes": _COUNTRIES}
        found = await get_json(self._http, f"{self._url}/search", query)
        return read(lambda: _located(found[0])) if found else None

    async def reverse(self, lat: float, lng: float) -> Located | None:
        """The address nearest to a point.

        Raises:
            Unavailable: the service does not answer.
        """
        query = {"lat": str(lat), "lon": str(lng), "format": "jsonv2", "addressdetails": "1"}
        found = await get_json(self._http, f"{self._url}/reverse", query)
        return None if isinstance(found, dict) and "error" in found else read(lambda: _located(found))


def _located(row: Mapping[str, Any]) -> Located:
    address = row.get("address") or {}
    country = str(address.get("country_code", "")).upper()
    code = str(address.get("ISO3166-2-lvl4", "")).partition("-")[2]
    return Located(
        label=str(row.get("display_name", "")),
        lat=float(row["lat"]),
        lng=float(row["lon"]),
        accuracy=_accuracy(address),
        locality=next((str(address[name]) for name in _LOCALITIES if address.get(name)), ""),
        suburb=_suburb(address),
        region=code if country == "AU" else str(address.get("state", "")),
        country=country,
    )


def _suburb(address: Mapping[str, Any]) -> str:
    """The area and its town: ``Ponsonby, Auckland``; nothing as small as a street or an estate."""
    town = next((str(address[name]) for name in _LOCALITIES if address.get(name)), "")
    area = next((str(address[name]) for name in _AREAS if address.get(name)), "")
    return ", ".join(dict.fromkeys(part for part in (area, town) if part))


def _accuracy(address: Mapping[str, Any]) -> Accuracy:
    if address.get("house_number"):
        return Accuracy.ADDRESS
    return Accuracy.STREET if address.get("road") else Accuracy.LOCALITY
