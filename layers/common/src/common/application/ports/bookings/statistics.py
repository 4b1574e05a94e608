"""Reads that sum up bookings and ratings for the people they concern."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from common.domain.bookings.booking import Booking
from common.domain.bookings.ratings import Rating


class BookingStatistics(Protocol):
    """Statistics of a provider's bookings."""

    def stream_by_provider(self, provider_id: str, start: datetime, end: datetime) -> AsyncIterator[Booking]:
        """Each booking with start in the half-open interval that brings or brought money, in no order.

        However many there are: what is left out would be missing in the sums. None is held for longer than its turn.
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
