"""Bookings as they are stored."""

import os
from functools import cached_property

from common.adapters.mongo.bookings.repository import MongoBookings
from common.domain.bookings.settings import BookingSettings, load_booking_settings
from common.runtime.container.core import CoreContainer
from common.runtime.settings import Settings


class StoredBookingContainer(CoreContainer):
    """The repository of bookings, and their settings.

    Raises:
        ValueError: the settings of bookings cannot be used: that ends a start, not the first request.
    """

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        _ = self.booking_settings

    @cached_property
    def booking_settings(self) -> BookingSettings:
        """Windows and limits of bookings."""
        return load_booking_settings(os.environ)

    @cached_property
    def booking_repository(self) -> MongoBookings:
        """Bookings."""
        return MongoBookings(self.mongo)
