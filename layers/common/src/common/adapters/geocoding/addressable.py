"""Addressable, a geocoder of New Zealand and Australia (https://www.addressable.dev/pages/documentation)."""

import asyncio
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

import httpx

from common.adapters.geocoding.http import HttpSource, get_json, read
from common.application.ports.catalogue.geocoding import Accuracy, Located
from common.domain.search.places import contradicts

DEFAULT_URL = "https://api.addressable.dev"
_COUNTRIES = ("NZ", "AU")


class Addressable:
    """Implements ``Geocoder``. It has no look-up of points, so ``reverse`` finds nothing.

    Args:
        key: gives the API key; called at first use.
        url: the server.
        http: gives the client.
    """

    def __init__(self, key: Callable[[], str], url: str, http: HttpSource) -> None:
        self._key = key
        self._url = url.rstrip("/")
        self._source = http

    @cached_property
    def _http(self) -> httpx.AsyncClient:
        return self._source()

    async def locate(self, text: str) -> Located | None:
        """The best match; what the address does not contradict, or else New Zealand, comes first.

        Both countries are asked at once.

        Raises:
            Unavailable: the service does not answer.
        """
        answers = await asyncio.gather(*(self._ask(text, country) for country in _COUNTRIES))
        found = [each for each in answers if each is not None]
        fitting = [each for each in found if not contradicts(text, each.label, each.country, each.region)]
        return next(iter([*fitting, *found]), None)

    async def reverse(self, lat: float, lng: float) -> Located | None:
        """Nothing: the service does not offer it."""
        del lat, lng
        return None

    async def _ask(self, text: str, country: str) -> Located | None:
        query = {"q": text, "country_code": country, "max_results": "1", "api_key": self._key()}
        rows = await get_json(self._http, f"{self._url}/v2/autocomplete", query)
        return read(lambda: _located(rows[0], country)) if rows else None


def _located(row: Mapping[str, Any], country: str) -> Located:
    is_street = bool(row.get("street"))
    accuracy = Accuracy.STREET if is_street else Accuracy.LOCALITY
    return Located(
        label=str(row.get("formatted", "")),
        lat=float(row["lat"]),
        lng=float(row["lon"]),
        accuracy=Accuracy.ADDRESS if row.get("street_number") else accuracy,
        locality=str(row.get("city") or row.get("locality") or ""),
        suburb=", ".join(dict.fromkeys(str(row[name]) for name in ("locality", "city") if row.get(name))),
        region=str(row.get("region") or ""),
        country=country,
    )
