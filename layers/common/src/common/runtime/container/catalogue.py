"""Providers, services, availability, addresses and search."""

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
from common.adapters.mongo.bookings.published_ratings import MongoPublishedRatings, MongoSummaries
from common.adapters.mongo.bookings.statistics import MongoBookingStatistics
from common.adapters.mongo.catalogue.categories import MongoCategories
from common.adapters.mongo.catalogue.listings import MongoListings
from common.adapters.mongo.catalogue.providers import MongoProviders
from common.adapters.mongo.catalogue.services import MongoServices
from common.adapters.mongo.scheduling.busy_times import MongoBusyTimes
from common.adapters.mongo.search.index_terms import MongoIndexTerms
from common.adapters.mongo.search.listings import MongoListingIndex
from common.adapters.mongo.search.popularity import MongoPopularity
from common.adapters.mongo.shared.breakers import MongoBreakers
from common.adapters.mongo.shared.unit_of_work import MongoUnitOfWork
from common.application.catalogue.deps import ProviderDeps
from common.application.ports.catalogue.geocoding import Geocoder
from common.application.ports.catalogue.repositories import BusyTimes, Summaries
from common.application.search.deps import SearchDeps
from common.runtime.container.core import CoreContainer
from common.runtime.response_cache import KeptAnswers


class CatalogueContainer(CoreContainer):
    """Providers, services, availability and search."""

    @cached_property
    def kept_answers(self) -> KeptAnswers:
        """Answers to anonymous public reads that this process remembers."""
        return KeptAnswers(self.settings.public_cache_entries)

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

    @cached_property
    def geocoder(self) -> Geocoder:
        """Addresses and points: by the chosen service, behind a breaker and a cache, else by the gazetteer."""
        if self.settings.geocoder == "gazetteer":
            return Gazetteer()

        breakers = MongoBreakers(self.mongo, threshold=3, window_seconds=60, rest_seconds=30)
        remote: Geocoder = GuardedGeocoder(self._remote_geocoder(), breakers)
        if self.settings.is_public_geocoder:
            remote = PacedGeocoder(remote, self.rate_limits, self.clock)
        return FallbackGeocoder(PlausibleGeocoder(CachedGeocoder(remote, self.mongo, self.clock)), Gazetteer())

    def _remote_geocoder(self) -> Geocoder:

        url, http = self.settings.geocoder_url, http_source(self.settings.geocoder_contact)
        if self.settings.geocoder == "addressable":
            return addressable.Addressable(self.settings.geocoder_key, url or addressable.DEFAULT_URL, http)
        return nominatim.Nominatim(url or "", http)

    @cached_property
    def busy_times(self) -> BusyTimes:
        """What is taken of providers' time."""
        return MongoBusyTimes(self.mongo)

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
