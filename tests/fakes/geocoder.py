"""A geocoder that cannot say where anything is."""

from common.domain.shared.errors import Unavailable


class AwayGeocoder:
    """A geocoder whose service does not answer."""

    async def locate(self, text: str) -> None:
        raise Unavailable(text)

    async def reverse(self, lat: float, lng: float) -> None:
        raise Unavailable(f"{lat} {lng}")
