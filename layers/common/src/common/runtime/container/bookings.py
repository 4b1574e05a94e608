"""Bookings and guest checkout."""

import os
from functools import cached_property

from common.adapters.calendar_writer import ICalendarWriter
from common.adapters.mongo.bookings.calendar_feeds import MongoCalendarFeeds
from common.adapters.mongo.bookings.intents import MongoBookingIntents
from common.adapters.mongo.bookings.offers import MongoOffers
from common.adapters.mongo.bookings.ratings import MongoRatings
from common.adapters.mongo.bookings.repository import MongoBookings
from common.adapters.mongo.bookings.timers import MongoBookingTimers
from common.adapters.mongo.scheduling.own_time import MongoManualBookings
from common.adapters.text_screen import RuleTextScreen
from common.application.bookings.deps import BookingDeps
from common.application.bookings.intents import IntentDeps
from common.application.identity.onboarding.addresses import locate_address
from common.application.ports.catalogue.moderation import TextScreen
from common.domain.bookings.settings import BookingSettings, load_booking_settings
from common.domain.bookings.state_machine import to_json
from common.domain.identity.users import Address
from common.runtime.container.core import CoreContainer


class BookingContainer(CoreContainer):
    """Bookings and guest checkout."""

    @cached_property
    def booking_settings(self) -> BookingSettings:
        """Windows and limits of bookings."""
        return load_booking_settings(os.environ)

    @cached_property
    def booking_repository(self) -> MongoBookings:
        """Bookings."""
        return MongoBookings(self.mongo)

    @cached_property
    def text_screen(self) -> TextScreen:
        """What looks at texts before everybody sees them."""
        return RuleTextScreen()

    @cached_property
    def booking_timers(self) -> MongoBookingTimers:
        """Whether any booking's time has come; loads nothing of bookings."""
        return MongoBookingTimers(self.mongo)

    @cached_property
    def bookings(self) -> BookingDeps:
        """What the booking use cases need."""

        async def locate(address: str) -> Address:
            located, _ = await locate_address(self.container.geocoder, address)
            return located

        return BookingDeps(
            bookings=self.booking_repository,
            offers=MongoOffers(self.mongo),
            services=self.container.services,
            providers=self.container.providers,
            users=self.container.users,
            ratings=MongoRatings(self.mongo),
            summaries=self.container.rating_summaries,
            screen=self.text_screen,
            limits=self.rate_limits,
            feeds=MongoCalendarFeeds(self.mongo),
            manual_bookings=MongoManualBookings(self.mongo),
            calendar_writer=ICalendarWriter(),
            intents=MongoBookingIntents(self.mongo),
            outbox=self.outbox,
            publisher=self.publisher,
            clock=self.clock,
            settings=self.booking_settings,
            payments=lambda: self.container.payments,
            locate=locate,
            locates_outside=self.container.is_geocoder_outside,
        )

    @cached_property
    def booking_intents(self) -> IntentDeps:
        """What guest checkout needs."""
        return IntentDeps(**vars(self.bookings), auth=lambda: self.container.auth)

    async def warm_up(self) -> None:
        """Describe the actions once, which loads pydantic's writer of JSON schemas and keeps what it wrote."""
        await super().warm_up()
        to_json(self.booking_settings)
