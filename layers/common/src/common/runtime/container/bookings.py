"""Bookings."""

from functools import cached_property

from common.adapters.calendar_writer import ICalendarWriter
from common.adapters.mongo.bookings.calendar_feeds import MongoCalendarFeeds
from common.adapters.mongo.bookings.intents import MongoBookingIntents
from common.adapters.mongo.bookings.offers import MongoOffers
from common.adapters.mongo.bookings.ratings import MongoRatings
from common.adapters.mongo.bookings.timers import MongoBookingTimers
from common.adapters.mongo.scheduling.own_time import MongoManualBookings
from common.adapters.text_screen import RuleTextScreen
from common.application.bookings.deps import BookingDeps
from common.application.identity.onboarding.addresses import locate_address
from common.application.ports.catalogue.moderation import TextScreen
from common.domain.bookings.state_machine import to_json
from common.domain.identity.users import Address
from common.runtime.container.geocoding import GeocodingContainer
from common.runtime.container.payments import PaymentContainer
from common.runtime.container.phones import PhoneContainer


class BookingContainer(PaymentContainer, GeocodingContainer, PhoneContainer):
    """Bookings; what happens to one may move money."""

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
            located, _ = await locate_address(self.geocoder, address)
            return located

        return BookingDeps(
            bookings=self.booking_repository,
            offers=MongoOffers(self.mongo),
            services=self.services,
            providers=self.providers,
            users=self.users,
            ratings=MongoRatings(self.mongo),
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
            payments=lambda: self.payments,
            locate=locate,
            locates_outside=self.is_geocoder_outside,
        )

    async def warm_up(self) -> None:
        """Describe the actions once, which loads pydantic's writer of JSON schemas and keeps what it wrote."""
        await super().warm_up()
        to_json(self.booking_settings)
