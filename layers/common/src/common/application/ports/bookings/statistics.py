"""Reads that sum up bookings and ratings for the people they concern."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from common.domain.bookings.earnings import Earned
from common.domain.bookings.ratings import Rating


class BookingStatistics(Protocol):
    """Statistics of a provider's bookings."""

    async def sum_earned(self, provider_id: str, bounds: Sequence[datetime]) -> Mapping[tuple[int, str], Earned]:
        """What bookings bring or brought, by the part of the period in which they start and by currency.

        However many there are: what is left out would be missing in the sums.

        Args:
            provider_id: whose bookings.
            bounds: the instants between which the parts lie, in order; a part has its first and not its last.
        """
        ...

    async def count_by_status(
        self, provider_id: str, start: datetime, end: datetime
    ) -> Mapping[tuple[str, str | None], int]:
        """Number of bookings with start in the interval, by status and by who cancelled."""
        ...


class PublishedRatings(Protocol):
    """Ratings that others may see."""

    async def search(
        self, *, provider_id: str | None, service_id: str | None, limit: int, before: tuple[datetime, str] | None
    ) -> Sequence[Rating]:
        """Customers' published ratings of a provider or of one service, the newest first.

        ``before`` is (published_at, id) of the last one seen.
        """
        ...
