"""What goes around a geocoder over the network: a breaker, a cache, and another one to fall back on."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from hashlib import sha256
from typing import Any

from common.adapters.mongo.shared.breakers import MongoBreakers
from common.adapters.mongo.shared.database import Mongo
from common.adapters.mongo.shared.holdings import Holdings, nobody
from common.application.ports.catalogue.geocoding import Geocoder, Located
from common.application.ports.shared.clock import Clock
from common.application.ports.shared.limits import RateLimits
from common.domain.search.places import contradicts
from common.domain.shared.errors import Unavailable

HOLDINGS: Holdings = {
    "geocode_cache": nobody("addresses that were looked up, without who did"),
}

KEEP = timedelta(hours=24)
#: About ten metres: nobody's address is nearer to the next one's.
_DECIMALS = 4

_Look = Callable[[], Awaitable[Located | None]]
_Sleep = Callable[[float], Awaitable[None]]


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


class PacedGeocoder:
    """Implements ``Geocoder``: ``inner`` is asked once a second, by all instances together.

    More is not allowed of Nominatim's public server (https://operations.osmfoundation.org/policies/nominatim/). Who
    comes too early waits for a turn once.

    Args:
        inner: what is asked.
        limits: the turns, which all instances share.
        clock: the time.
        sleep: waits for some seconds.
    """

    def __init__(self, inner: Geocoder, limits: RateLimits, clock: Clock, sleep: _Sleep = asyncio.sleep) -> None:
        self._inner = inner
        self._limits = limits
        self._clock = clock
        self._sleep = sleep

    async def locate(self, text: str) -> Located | None:
        """Ask ``inner`` when it is our turn.

        Raises:
            Unavailable: too many others wait, or it does not answer.
        """
        await self._turn()
        return await self._inner.locate(text)

    async def reverse(self, lat: float, lng: float) -> Located | None:
        """Ask ``inner`` when it is our turn.

        Raises:
            Unavailable: too many others wait, or it does not answer.
        """
        await self._turn()
        return await self._inner.reverse(lat, lng)

    async def _turn(self) -> None:
        for is_last in (False, True):
            bucket = await self._limits.take("geocoder", limit=1, window_seconds=1, now=self._clock.now())
            if bucket.allowed:
                return
            if not is_last:
                await self._sleep(bucket.retry_after)
        raise Unavailable("The geocoder is busy.", retry_after=1)


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


class PlausibleGeocoder:
    """Implements ``Geocoder``: what lies in another country or region than the address says is no match."""

    def __init__(self, inner: Geocoder) -> None:
        self._inner = inner

    async def locate(self, text: str) -> Located | None:
        """Ask ``inner``, and compare."""
        found = await self._inner.locate(text)
        if found is None or contradicts(text, found.label, found.country, found.region):
            return None
        return found

    async def reverse(self, lat: float, lng: float) -> Located | None:
        """Ask ``inner``."""
        return await self._inner.reverse(lat, lng)


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
