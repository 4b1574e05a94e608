"""Addresses to points and back."""

from functools import cached_property

from common.adapters.geocoding import addressable, nominatim
from common.adapters.geocoding.decorators import (
    CachedGeocoder,
    FallbackGeocoder,
    GuardedGeocoder,
    PacedGeocoder,
    PlausibleGeocoder,
)
from common.adapters.geocoding.gazetteer import Gazetteer
from common.adapters.geocoding.http import http_source
from common.adapters.mongo.shared.breakers import MongoBreakers
from common.application.ports.catalogue.geocoding import Geocoder
from common.runtime.container.http_calls import HttpCallContainer
from common.runtime.container.settings import GeocoderSettings


class GeocodingContainer(HttpCallContainer):
    """The chosen geocoder."""

    @property
    def is_geocoder_outside(self) -> bool:
        """Whether looking an address up may ask somebody else."""
        return self.settings.of(GeocoderSettings).geocoder != "gazetteer"

    @cached_property
    def geocoder(self) -> Geocoder:
        """Addresses and points: by the chosen service, behind a breaker and a cache, else by the gazetteer."""
        settings = self.settings.of(GeocoderSettings)
        if settings.geocoder == "gazetteer":
            return Gazetteer()

        breakers = MongoBreakers(self.mongo, self.clock, threshold=3, window_seconds=60, rest_seconds=30)
        remote: Geocoder = GuardedGeocoder(self._remote_geocoder(), breakers)
        if settings.is_public_geocoder:
            remote = PacedGeocoder(remote, self.rate_limits, self.clock)
        return FallbackGeocoder(PlausibleGeocoder(CachedGeocoder(remote, self.mongo, self.clock)), Gazetteer())

    def _remote_geocoder(self) -> Geocoder:

        settings = self.settings.of(GeocoderSettings)
        url, http = settings.geocoder_url, http_source(settings.geocoder_contact)
        if settings.geocoder == "addressable":
            return addressable.Addressable(settings.geocoder_api_key.get, url or addressable.DEFAULT_URL, http)
        return nominatim.Nominatim(url or "", http)
