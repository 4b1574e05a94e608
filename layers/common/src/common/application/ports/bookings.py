"""Where bookings live."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from common.domain.bookings import Booking, BookingChange, HistoryEntry
from common.domain.slot_cells import SlotClaim


class BookingRepository(Protocol):
    """Bookings, their history and slot claims; ``commit`` is the only way to write them."""

    async def get(self, booking_id: str) -> Booking | None:
        """One booking by id."""
        ...

    async def by_idempotency_key(self, customer_id: str, key: str) -> Booking | None:
        """The booking a customer made with this idempotency key."""
        ...

    async def by_stripe_id(self, stripe_id: str) -> Booking | None:
        """The booking that a payment intent, setup intent, charge or transfer of Stripe's belongs to."""
        ...

    async def commit(self, change: BookingChange) -> None:
        """Write the whole change in one transaction, or nothing of it.

        Raises:
            VersionConflict: the stored version is not ``change.expected_version``.
            SlotUnavailable: a claim overlaps another of the same provider.
            Conflict: the customer's idempotency key already made a booking (code ``duplicate_booking``).
        """
        ...

    async def history(self, booking_id: str, *, limit: int, after: str | None = None) -> Sequence[HistoryEntry]:
        """Audit rows, oldest first; ``after`` is the id of the last row seen."""
        ...

    async def list_for(
        self,
        *,
        customer_id: str | None,
        provider_id: str | None,
        statuses: Sequence[str],
        starts_from: datetime | None,
        starts_before: datetime | None,
        limit: int,
        before: tuple[datetime, str] | None,
    ) -> Sequence[Booking]:
        """Bookings of one party, newest start first; ``before`` is (start, id) of the last one seen."""
        ...

    async def due(self, now: datetime, *, limit: int) -> Sequence[Booking]:
        """Bookings whose ``next_due_at`` has come, the longest overdue first."""
        ...

    async def claims_between(self, provider_id: str, start: datetime, end: datetime) -> Sequence[SlotClaim]:
        """Claims of a provider's time that overlap the interval, expired holds included."""
        ...
