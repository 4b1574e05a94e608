"""What the use cases of media need."""

from dataclasses import dataclass

from common.application.ports.bookings.repository import BookingRepository
from common.application.ports.identity.accounts import UnitOfWork
from common.application.ports.identity.people import AccountLock
from common.application.ports.media.bucket import MediaBucket
from common.application.ports.media.imaging import Imaging
from common.application.ports.media.repository import MediaRepository
from common.application.ports.shared.clock import Clock
from common.application.ports.shared.limits import RateLimits
from common.application.ports.shared.outbox import Outbox, Publisher


@dataclass(frozen=True)
class SweepDeps:
    """Ports of what looks after photographs whose time has come."""

    clock: Clock
    unit_of_work: UnitOfWork
    media: MediaRepository
    bucket: MediaBucket
    outbox: Outbox
    publisher: Publisher


@dataclass(frozen=True)
class MediaDeps(SweepDeps):
    """Ports of uploading, reading and removing; the parties of a booking see what was shown in it."""

    users: AccountLock
    bookings: BookingRepository
    limits: RateLimits


@dataclass(frozen=True)
class ProcessingDeps:
    """Ports of the worker."""

    clock: Clock
    media: MediaRepository
    bucket: MediaBucket
    imaging: Imaging
