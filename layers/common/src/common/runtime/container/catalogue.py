"""Providers, services, availability, addresses and search."""

from collections.abc import Mapping
from functools import cached_property
from typing import ClassVar, Literal
from urllib.parse import urlsplit

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
from common.adapters.mongo.bookings.published_ratings import MongoPublishedRatings, MongoSummaries
from common.adapters.mongo.bookings.statistics import MongoBookingStatistics
from common.adapters.mongo.catalogue.categories import MongoCategories
from common.adapters.mongo.catalogue.listings import MongoListings
from common.adapters.mongo.catalogue.providers import MongoProviders
from common.adapters.mongo.catalogue.services import MongoServices
from common.adapters.mongo.scheduling.busy_times import MongoBusyTimes
from common.adapters.mongo.scheduling.own_time import MongoBlocks, MongoManualBookings
from common.adapters.mongo.search.booking_counts import MongoBookingCounts
from common.adapters.mongo.search.index_terms import MongoIndexTerms
from common.adapters.mongo.search.listings import MongoListingIndex
from common.adapters.mongo.search.popularity import MongoPopularity
from common.adapters.mongo.shared.breakers import MongoBreakers
from common.adapters.mongo.shared.unit_of_work import MongoUnitOfWork
from common.application.catalogue.deps import ProviderDeps
from common.application.ports.catalogue.geocoding import Geocoder
from common.application.ports.catalogue.repositories import BusyTimes, Summaries
from common.application.ports.search.listings import BookingCounts
from common.application.search.deps import SearchDeps
from common.runtime.container.core import CoreContainer
from common.runtime.response_cache import ResponseCache
from common.runtime.settings import Count, SecretRef, SettingsGroup

#: OpenStreetMap's own server: no more than a request a second, and not for applications that live by it
#: (https://operations.osmfoundation.org/policies/nominatim/), so it is asked only where it is named.
PUBLIC_NOMINATIM = "nominatim.openstreetmap.org"


class GeocoderSettings(SettingsGroup):
    """What functions that look addresses up need: the chosen service, and what that asks for."""

    geocoder: Literal["gazetteer", "nominatim", "addressable"] = "gazetteer"
    geocoder_url: str | None = None
    geocoder_contact: str = ""
    geocoder_api_key: SecretRef

    needs_of: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "nominatim": ("geocoder_contact", "geocoder_url"),
        "addressable": ("geocoder_api_key",),
    }

    @classmethod
    def missing(cls, environ: Mapping[str, str]) -> list[str]:
        """The variables that the chosen service asks for and the environment lacks."""
        return cls.lacking(environ, cls.needs_of.get(environ.get("GEOCODER", ""), ()))

    @property
    def is_public_geocoder(self) -> bool:
        """Whether addresses are looked up at the server that OpenStreetMap lets everybody use, slowly."""
        return urlsplit(self.geocoder_url or "").hostname == PUBLIC_NOMINATIM


class ResponseCacheSettings(SettingsGroup):
    """How many answers to anonymous reads a process remembers; with 0 it remembers none."""

    public_cache_entries: Count = 256


class CatalogueContainer(CoreContainer):
    """Providers, services, availability and search."""

    @cached_property
    def response_cache(self) -> ResponseCache:
        """Answers to anonymous public reads that this process remembers."""
        return ResponseCache(self.settings.of(ResponseCacheSettings).public_cache_entries)

    @cached_property
    def categories(self) -> MongoCategories:
        """The tree of categories."""
        return MongoCategories(self.mongo)

    @cached_property
    def listings(self) -> MongoListings:
        """What searches read of providers and services."""
        return MongoListings(self.mongo, self.categories)

    @cached_property
    def providers(self) -> MongoProviders:
        """Provider profiles."""
        return MongoProviders(self.mongo, self.listings, self.index_terms)

    @cached_property
    def services(self) -> MongoServices:
        """Services."""
        return MongoServices(self.mongo, self.listings, self.index_terms)

    @cached_property
    def index_terms(self) -> MongoIndexTerms:
        """The words that searches know."""
        return MongoIndexTerms(self.mongo)

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

        breakers = MongoBreakers(self.mongo, threshold=3, window_seconds=60, rest_seconds=30)
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

    @cached_property
    def busy_times(self) -> BusyTimes:
        """What is taken of providers' time."""
        return MongoBusyTimes(self.mongo)

    @cached_property
    def booking_counts(self) -> BookingCounts:
        """How often categories have been booked, by day and place."""
        return MongoBookingCounts(self.mongo)

    @cached_property
    def rating_summaries(self) -> Summaries:
        """Rating summaries of services and providers."""
        return MongoSummaries(self.mongo, self.listings)

    @cached_property
    def catalogue(self) -> ProviderDeps:
        """What the use cases of providers need."""
        return ProviderDeps(
            clock=self.clock,
            unit_of_work=MongoUnitOfWork(self.mongo),
            providers=self.providers,
            services=self.services,
            categories=self.categories,
            busy=self.busy_times,
            blocks=MongoBlocks(self.mongo),
            manual_bookings=MongoManualBookings(self.mongo),
            bookings=self.container.booking_repository,
            statistics=MongoBookingStatistics(self.mongo),
            ratings=MongoPublishedRatings(self.mongo),
            geocoder=lambda: self.geocoder,
            platform=self.platform,
        )

    @cached_property
    def search(self) -> SearchDeps:
        """What searching needs."""
        return SearchDeps(
            clock=self.clock,
            listings=MongoListingIndex(self.mongo),
            vocabulary=self.index_terms,
            categories=self.categories,
            providers=self.providers,
            busy=self.busy_times,
            popularity=MongoPopularity(self.mongo),
            geocoder=self.geocoder,
            places=Gazetteer(),
        )
