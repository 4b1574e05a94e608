"""Job requests and offers."""

import os
from functools import cached_property

from common.adapters.mongo.bookings.offers import MongoOffers
from common.adapters.mongo.identity.users import MongoUsers
from common.adapters.mongo.matching.quote_holds import MongoQuoteHolds
from common.adapters.mongo.matching.track_record import MongoTrackRecord
from common.adapters.mongo.notifications.inbox import MongoPreferences
from common.adapters.mongo.shared.unit_of_work import MongoUnitOfWork
from common.application.identity.onboarding.addresses import locate_address
from common.application.matching.deps import MatchingDeps
from common.domain.identity.users import Address
from common.domain.matching.settings import MatchingSettings, load_matching_settings
from common.runtime.container.phones import PhoneContainer
from common.runtime.container.search import SearchContainer
from common.runtime.container.stored_bookings import StoredBookingContainer
from common.runtime.container.stored_offers import StoredOfferContainer
from common.runtime.settings import Settings


class MatchingContainer(StoredBookingContainer, StoredOfferContainer, SearchContainer, PhoneContainer):
    """Job requests and offers.

    Raises:
        ValueError: the settings of matching cannot be used: that ends a start, not the first request.
    """

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        _ = self.matching_settings

    @cached_property
    def matching_settings(self) -> MatchingSettings:
        """Windows, limits and weights of matching."""
        return load_matching_settings(os.environ)

    @cached_property
    def matching(self) -> MatchingDeps:
        """What the use cases of matching need."""

        async def locate(address: str) -> Address:
            located, _ = await locate_address(self.geocoder, address)
            return located

        return MatchingDeps(
            unit_of_work=MongoUnitOfWork(self.mongo),
            requests=self.job_requests,
            offers=self.job_offers,
            stats=self.offer_stats,
            track_record=MongoTrackRecord(self.mongo),
            users=MongoUsers(self.mongo),
            services=self.services,
            search=self.search,
            bookings=self.booking_repository,
            offered=MongoOffers(self.mongo),
            holds=MongoQuoteHolds(self.mongo),
            attachments=self.media_repository,
            preferences=MongoPreferences(self.mongo.db),
            outbox=self.outbox,
            publisher=self.publisher,
            clock=self.clock,
            settings=self.matching_settings,
            booking_settings=self.booking_settings,
            platform=self.platform,
            locate=locate,
            locates_outside=self.is_geocoder_outside,
        )
