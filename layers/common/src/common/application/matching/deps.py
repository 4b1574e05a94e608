"""What the use cases of job requests and offers need."""

from dataclasses import dataclass
from typing import Protocol

from common.application.bookings.deps import Locate, keep_as_written
from common.application.ports.bookings.offers import Offers
from common.application.ports.bookings.repository import BookingRepository
from common.application.ports.catalogue.repositories import Services
from common.application.ports.identity.accounts import UnitOfWork
from common.application.ports.identity.people import AccountLock, UserReader
from common.application.ports.matching.job_requests import JobRequests
from common.application.ports.matching.offers import JobOffers, OfferStats
from common.application.ports.matching.quote_holds import QuoteHolds
from common.application.ports.matching.track_record import TrackRecord
from common.application.ports.media.attachments import Attachments
from common.application.ports.notifications.inbox import PreferenceStore
from common.application.ports.shared.clock import Clock
from common.application.ports.shared.outbox import Outbox, Publisher
from common.application.search.deps import SearchDeps
from common.domain.bookings.settings import BookingSettings
from common.domain.matching.settings import MatchingSettings
from common.domain.payments.platform import Platform


class Accounts(UserReader, AccountLock, Protocol):
    """Accounts, to be read and locked."""


@dataclass(frozen=True)
class MatchingDeps:
    """Ports of job requests and offers.

    ``search`` finds candidates; ``offered`` reads a service as a booking of it is decided on. ``locate`` turns an
    address into a point, where that is possible; ``locates_outside`` says whether somebody else is asked for it, so
    that time passes.
    """

    unit_of_work: UnitOfWork
    requests: JobRequests
    offers: JobOffers
    stats: OfferStats
    track_record: TrackRecord
    users: Accounts
    services: Services
    search: SearchDeps
    bookings: BookingRepository
    offered: Offers
    holds: QuoteHolds
    attachments: Attachments
    preferences: PreferenceStore
    outbox: Outbox
    publisher: Publisher
    clock: Clock
    settings: MatchingSettings
    booking_settings: BookingSettings
    platform: Platform
    locate: Locate = keep_as_written
    locates_outside: bool = False
