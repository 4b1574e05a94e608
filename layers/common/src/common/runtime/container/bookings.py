"""Bookings and guest checkout."""

import os
from functools import cached_property
from typing import TYPE_CHECKING

from common.runtime.container.core import CoreParts

if TYPE_CHECKING:
    from common.adapters.mongo.bookings.repository import MongoBookings
    from common.adapters.mongo.bookings.timers import MongoBookingTimers
    from common.application.bookings.deps import BookingDeps
    from common.application.bookings.intents import IntentDeps
    from common.application.ports.catalogue.moderation import TextScreen
    from common.domain.bookings.settings import BookingSettings
    from common.domain.identity.users import Address


class BookingParts(CoreParts):
    """Bookings and guest checkout."""

    @cached_property
    def booking_settings(self) -> "BookingSettings":
        """Windows and limits of bookings."""
        from common.domain.bookings.settings import load_booking_settings

        return load_booking_settings(os.environ)

    @cached_property
    def booking_repository(self) -> "MongoBookings":
        """Bookings."""
        from common.adapters.mongo.bookings.repository import MongoBookings

        return MongoBookings(self.mongo)

    @cached_property
    def text_screen(self) -> "TextScreen":
        """What looks at texts before everybody sees them."""
        from common.adapters.text_screen import RuleTextScreen

        return RuleTextScreen()

    @cached_property
    def booking_timers(self) -> "MongoBookingTimers":
        """Whether any booking's time has come; loads nothing of bookings."""
        from common.adapters.mongo.bookings.timers import MongoBookingTimers

        return MongoBookingTimers(self.mongo)

    @cached_property
    def bookings(self) -> "BookingDeps":
        """What the booking use cases need; Stripe is loaded when a booking is made."""
        from common.adapters.calendar_writer import ICalendarWriter
        from common.adapters.mongo.bookings.calendar_feeds import MongoCalendarFeeds
        from common.adapters.mongo.bookings.intents import MongoBookingIntents
        from common.adapters.mongo.bookings.ratings import MongoRatings
        from common.application.bookings.deps import BookingDeps
        from common.application.identity.onboarding.addresses import locate_address

        async def locate(address: str) -> "Address":
            located, _ = await locate_address(self.whole.geocoder, address)
            return located

        return BookingDeps(
            bookings=self.booking_repository,
            services=self.whole.services,
            providers=self.whole.providers,
            users=self.whole.users,
            ratings=MongoRatings(self.mongo),
            summaries=self.whole.rating_summaries,
            screen=self.text_screen,
            limits=self.rate_limits,
            feeds=MongoCalendarFeeds(self.mongo),
            calendar_writer=ICalendarWriter(),
            intents=MongoBookingIntents(self.mongo),
            outbox=self.outbox,
            publisher=self.publisher,
            clock=self.clock,
            settings=self.booking_settings,
            payments=lambda: self.whole.payments,
            locate=locate,
        )

    @cached_property
    def booking_intents(self) -> "IntentDeps":
        """What guest checkout needs; identity is loaded when a guest comes."""
        from common.application.bookings.intents import IntentDeps

        return IntentDeps(**vars(self.bookings), auth=lambda: self.whole.auth)
