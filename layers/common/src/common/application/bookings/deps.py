"""What the booking use cases need."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from common.application.payments.deps import PaymentDeps
from common.application.ports.bookings.calendar_feeds import CalendarFeeds
from common.application.ports.bookings.calendar_writer import CalendarWriter
from common.application.ports.bookings.intents import BookingIntents
from common.application.ports.bookings.offers import Offers
from common.application.ports.bookings.ratings import Ratings
from common.application.ports.bookings.repository import BookingRepository
from common.application.ports.catalogue.moderation import TextScreen
from common.application.ports.catalogue.repositories import Summaries
from common.application.ports.identity.people import ProviderReader, ServiceReader, UserReader
from common.application.ports.scheduling.own_time import OwnTimes
from common.application.ports.shared.clock import Clock
from common.application.ports.shared.limits import RateLimits
from common.application.ports.shared.outbox import Outbox, Publisher
from common.domain.bookings.settings import BookingSettings
from common.domain.identity.users import Address
from common.domain.scheduling.own_time import ManualBooking

Locate = Callable[[str], Awaitable[Address]]


async def keep_as_written(address: str) -> Address:
    """Take an address without locating it."""
    return Address(text=address)


@dataclass(frozen=True)
class SummaryDeps:
    """Ports of what keeps rating summaries in step with the ratings of bookings."""

    bookings: BookingRepository
    summaries: Summaries
    clock: Clock


@dataclass(frozen=True)
class BookingDeps:
    """Ports of the booking use cases.

    ``payments`` gives the payment ports when they are needed: only making a booking reaches Stripe, so that nothing
    else pays for loading it. ``locate`` turns an address into a point, where that is possible; ``locates_outside`` says
    whether somebody else is asked for it, so that time passes.
    """

    bookings: BookingRepository
    offers: Offers
    services: ServiceReader
    providers: ProviderReader
    users: UserReader
    ratings: Ratings
    screen: TextScreen
    feeds: CalendarFeeds
    manual_bookings: OwnTimes[ManualBooking]
    calendar_writer: CalendarWriter
    intents: BookingIntents
    limits: RateLimits
    outbox: Outbox
    publisher: Publisher
    clock: Clock
    settings: BookingSettings
    payments: Callable[[], PaymentDeps]
    locate: Locate = keep_as_written
    locates_outside: bool = False
