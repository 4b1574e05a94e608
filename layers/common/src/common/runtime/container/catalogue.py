"""Providers, services and availability."""

from functools import cached_property

from common.adapters.mongo.bookings.published_ratings import MongoPublishedRatings
from common.adapters.mongo.bookings.statistics import MongoBookingStatistics
from common.adapters.mongo.scheduling.own_time import MongoBlocks, MongoManualBookings
from common.adapters.mongo.shared.unit_of_work import MongoUnitOfWork
from common.application.catalogue.deps import ProviderDeps
from common.runtime.container.geocoding import GeocodingContainer
from common.runtime.container.listings import ListingContainer
from common.runtime.container.media import MediaStoreContainer
from common.runtime.container.phones import PhoneContainer
from common.runtime.container.stored_bookings import StoredBookingContainer


class CatalogueContainer(
    StoredBookingContainer, MediaStoreContainer, ListingContainer, GeocodingContainer, PhoneContainer
):
    """Providers, services and availability."""

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
            bookings=self.booking_repository,
            statistics=MongoBookingStatistics(self.mongo),
            ratings=MongoPublishedRatings(self.mongo),
            geocoder=lambda: self.geocoder,
            platform=self.platform,
            media=self.media_repository,
        )
