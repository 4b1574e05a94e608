"""Removing what has expired, and counting what was booked and what listings have changed since."""

from functools import cached_property

from common.adapters.mongo.search.booking_counts import MongoBookingCounts
from common.adapters.mongo.search.facet_changes import MongoFacetChanges
from common.adapters.mongo.shared.expiry import MongoExpiry
from common.application.ports.search.listings import BookingCounts, FacetChanges
from common.application.shared.cleanup import CleanupDeps
from common.runtime.container.media import MediaStoreContainer


class CleanupContainer(MediaStoreContainer):
    """Removing what has expired, and counting what was booked and what listings have changed since."""

    @cached_property
    def cleanup(self) -> CleanupDeps:
        """What removing expired things needs."""
        return CleanupDeps(self.clock, MongoExpiry(self.mongo))

    @cached_property
    def booking_counts(self) -> BookingCounts:
        """How often categories have been booked, by day and place."""
        return MongoBookingCounts(self.mongo)

    @cached_property
    def facet_changes(self) -> FacetChanges:
        """What has changed of listings, waiting to be counted."""
        return MongoFacetChanges(self.mongo)
