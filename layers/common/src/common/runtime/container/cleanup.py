"""Removing what has expired, and counting what was booked since."""

from functools import cached_property

from common.adapters.mongo.search.booking_counts import MongoBookingCounts
from common.adapters.mongo.shared.expiry import MongoExpiry
from common.application.ports.search.listings import BookingCounts
from common.application.shared.cleanup import CleanupDeps
from common.runtime.container.core import CoreContainer


class CleanupContainer(CoreContainer):
    """Removing what has expired, and counting what was booked since."""

    @cached_property
    def cleanup(self) -> CleanupDeps:
        """What removing expired things needs."""
        return CleanupDeps(self.clock, MongoExpiry(self.mongo))

    @cached_property
    def booking_counts(self) -> BookingCounts:
        """How often categories have been booked, by day and place."""
        return MongoBookingCounts(self.mongo)
