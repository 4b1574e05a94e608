"""What the use cases of providers need."""

from collections.abc import Callable
from dataclasses import dataclass

from common.application.ports.bookings.repository import BookingRepository
from common.application.ports.bookings.statistics import BookingStatistics, PublishedRatings
from common.application.ports.catalogue.geocoding import Geocoder
from common.application.ports.catalogue.repositories import BusyTimes, Categories, Providers, Services
from common.application.ports.identity.accounts import UnitOfWork
from common.application.ports.media.attachments import Attachments
from common.application.ports.scheduling.own_time import OwnTimes
from common.application.ports.shared.clock import Clock
from common.domain.payments.platform import Platform
from common.domain.scheduling.own_time import Block, ManualBooking


@dataclass(frozen=True)
class ProviderDeps:
    """Ports of the use cases of providers; the geocoder is made when somebody moves."""

    clock: Clock
    unit_of_work: UnitOfWork
    providers: Providers
    services: Services
    categories: Categories
    busy: BusyTimes
    blocks: OwnTimes[Block]
    manual_bookings: OwnTimes[ManualBooking]
    bookings: BookingRepository
    statistics: BookingStatistics
    ratings: PublishedRatings
    geocoder: Callable[[], Geocoder]
    platform: Platform
    media: Attachments
