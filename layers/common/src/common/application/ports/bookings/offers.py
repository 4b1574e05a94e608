"""What a new booking is decided on, as one reading."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from common.domain.catalogue.providers import Provider
from common.domain.catalogue.services import Service
from common.domain.scheduling.slot_cells import SlotClaim

#: How far around a start claims are read: the longest work and buffer are a day each, and cells widen them a little.
BEFORE = timedelta(hours=25)
AFTER = timedelta(hours=49)


@dataclass(frozen=True)
class Offer:
    """A service, its provider, and what is taken of its resources' time around a start.

    Args:
        service: whatever its status.
        provider: whose it is.
        claims: all that overlap the interval from ``BEFORE`` the start until ``AFTER`` it; without their cells.
        start_at: the start.
    """

    service: Service
    provider: Provider
    claims: Sequence[SlotClaim]
    start_at: datetime

    def covers(self, first: datetime, last: datetime) -> bool:
        """Whether everything that is taken in an interval has been read."""
        return self.start_at - BEFORE <= first and last <= self.start_at + AFTER


class Offers(Protocol):
    """Services as a booking of them is decided on."""

    async def get(self, service_id: str, start_at: datetime) -> Offer | None:
        """A service with what it takes to judge a start, an aware instant; ``None`` where it has no provider."""
        ...
