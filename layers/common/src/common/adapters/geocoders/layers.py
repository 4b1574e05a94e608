"""What goes around a geocoder over the network: a breaker, a cache, and another one to fall back on."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from hashlib import sha256
from typing import Any

from common.adapters.mongo.breakers import MongoBreakers
from common.adapters.mongo.database import Mongo
from common.application.ports.clock import Clock
from common.application.ports.geocoding import Geocoder, Located
from common.domain.errors import Unavailable

KEEP = timedelta(hours=24)
#: About ten metres: nobody's address is nearer to the next one's.
_DECIMALS = 4

_Look = Callable[[], Awaitable[Located | None]]


class GuardedGeocoder:
    """Implements ``Geocoder``: while the breaker is open, ``inner`` is not asked."""

    def __init__(self, inner: Geocoder, breakers: MongoBreakers) -> None:
        self._inner = inner
        self._breakers = breakers

    async def locate(self, text: str) -> Located | None:
        """Ask ``inner``.

        Raises:
            Unavailable: it does not answer, or has failed too often just now.
        """
        async with self._breakers.guard("geocoder"):
            return await self._inner.locate(text)

    async def reverse(self, lat: float, lng: float) -> Located | None:
        """Ask ``inner``.

        Raises:
            Unavailable: it does not answer, or has failed too often just now.
        """
        async with self._breakers.guard("geocoder"):
            return await self._inner.reverse(lat, lng)


class CachedGeocoder:
    """Implements ``Geocoder``: answers, empty ones too, are kept for 24 hours in ``geocode_cache``."""

    def __init__(self, inner: Geocoder, mongo: Mongo, clock: Clock) -> None:
        self._inner = inner
        self._rows = mongo.collection("geocode_cache")
        self._clock = clock

    async def locate(self, text: str) -> Located | None:
        """From the cache, or ask ``inner``."""
        words = " ".join(text.casefold().split())
        return await self._through(f"locate:{words}", lambda: self._inner.locate(text))

    async def reverse(self, lat: float, lng: float) -> Located | None:
        """From the cache, or ask ``inner``."""
        key = f"reverse:{lat:.{_DECIMALS}f},{lng:.{_DECIMALS}f}"
        return await self._through(key, lambda: self._inner.reverse(lat, lng))

    async def _through(self, key: str, look: _Look) -> Located | None:
        now = self._clock.now()
        row_id = sha256(key.encode()).hexdigest()
        row: dict[str, Any] | None = await self._rows.find_one({"_id": row_id, "expires_at": {"$gt": now}})
        if row is not None:
            return Located.model_validate(row["found"]) if row["found"] else None
        found = await look()
        fields = {"found": found.model_dump(mode="json") if found else None, "expires_at": now + KEEP}
        await self._rows.update_one({"_id": row_id}, {"$set": fields}, upsert=True)
        return found


class FallbackGeocoder:
    """Implements ``Geocoder``: what ``first`` does not find or answer, ``second`` may."""

    def __init__(self, first: Geocoder, second: Geocoder) -> None:
        self._first = first
        self._second = second

    async def locate(self, text: str) -> Located | None:
        """Ask one, then the other."""
        try:
            found = await self._first.locate(text)
        except Unavailable:
            found = None
        return found or await self._second.locate(text)

    async def reverse(self, lat: float, lng: float) -> Located | None:
        """Ask one, then the other."""
        try:
            found = await self._first.reverse(lat, lng)
        except Unavailable:
            found = None
        return found or await self._second.reverse(lat, lng)
