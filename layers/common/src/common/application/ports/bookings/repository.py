"""The repository of bookings."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from common.application.ports.shared.due import Due
from common.domain.bookings.booking import ActorKind, Booking, BookingChange, BookingStatus, HistoryEntry
from common.domain.scheduling.slot_cells import SlotClaim
from common.domain.shared.model import Model


class BookingQuery(Model):
    """Which bookings of one party to list; exactly one of ``customer_id`` and ``provider_id`` is given.

    ``statuses`` empty means every status. ``awaiting`` keeps those that wait for an action of that party.
    ``starts_from`` is inclusive, ``starts_before`` exclusive. ``soonest_first`` turns the order round.
    """

    customer_id: str | None = None
    provider_id: str | None = None
    statuses: tuple[BookingStatus, ...] = ()
    awaiting: ActorKind | None = None
    starts_from: datetime | None = None
    starts_before: datetime | None = None
    soonest_first: bool = False


class BookingRepository(Protocol):
    """Bookings, their history and slot claims; ``commit`` is the only way to write them."""

    async def get(self, booking_id: str) -> Booking | None:
        """One booking by id."""
        ...

    async def get_many(self, booking_ids: Sequence[str]) -> Mapping[str, Booking]:
        """Those of the bookings that there are, by id."""
        ...

    async def find_by_idempotency_key(self, customer_id: str, key: str) -> Booking | None:
        """The booking a customer made with this idempotency key."""
        ...

    async def find_by_stripe_id(self, stripe_id: str) -> Booking | None:
        """The booking that a payment intent, setup intent, charge or transfer of Stripe's belongs to."""
        ...

    async def commit(self, change: BookingChange) -> None:
        """Write the whole change in one transaction, or nothing of it.

        A claim whose id is stored already is replaced, so that a hold can be made firm; holds of others that have
        expired by the change's own instant (``booking.updated_at``) give way.

        Raises:
            VersionConflict: the stored version is not ``change.expected_version``.
            SlotUnavailable: a claim overlaps another of the same resource.
            TooManyHolds: the network address keeps as many unpaid slots of the provider as it may.
            Conflict: the customer's idempotency key already made a booking (code ``duplicate_booking``).
            Unavailable: the database did not take the change; nothing is known to be written.
        """
        ...

    async def commit_with(self, change: BookingChange, first: Callable[[], Awaitable[None]]) -> None:
        """Write the whole change together with what other repositories write, or nothing of either.

        Args:
            change: what the domain has decided.
            first: the others' writes, which come before everything else, as in a ``UnitOfWork``; they may be made
                again, and what they raise ends the transaction.

        Raises:
            VersionConflict, SlotUnavailable, TooManyHolds, Conflict, Unavailable: as for ``commit``.
        """
        ...

    async def list_history(self, booking_id: str, *, limit: int, after_version: int = 0) -> Sequence[HistoryEntry]:
        """Audit rows, oldest first, that made versions above the given one; there is one for each version."""
        ...

    async def search(
        self, query: BookingQuery, *, limit: int, after: tuple[datetime, str] | None = None
    ) -> Sequence[Booking]:
        """Bookings of one party, latest start first unless the query says otherwise.

        Args:
            query: whose, and which.
            limit: how many at most.
            after: (start, id) of the last one seen.
        """
        ...

    async def list_disputed(self, *, limit: int, after: tuple[datetime, str] | None = None) -> Sequence[Booking]:
        """Open disputes, the longest waiting first; ``after`` is (opened at, booking id) of the last one seen."""
        ...

    async def commit_all(self, changes: Sequence[BookingChange]) -> None:
        """Write changes of several stored bookings in one transaction, or nothing of them; none may take time.

        Raises:
            VersionConflict: one of the bookings is not the version that its change expects.
            Unavailable: the database is unavailable.
        """
        ...

    async def list_owed_by_provider(self, provider_id: str, currency: str, *, limit: int) -> Sequence[Booking]:
        """Bookings of which a provider owes something in a currency, the oldest first."""
        ...

    async def sum_owed_by_provider(self, provider_id: str) -> Mapping[str, int]:
        """What a provider owes, in minor units by currency."""
        ...

    async def list_owed(self, *, limit: int, after: tuple[datetime, str] | None) -> Sequence[Booking]:
        """Bookings of which any provider owes something, the oldest start first; ``after`` is (start, id)."""
        ...

    async def list_provider_unavailable(self, *, limit: int, after: tuple[datetime, str] | None) -> Sequence[Booking]:
        """Bookings that lie ahead of providers who cannot come, the soonest first; ``after`` is (start, id)."""
        ...

    async def claim_due(self, now: datetime, *, until: datetime, limit: int) -> Due[Booking]:
        """Take bookings whose ``next_due_at`` has come, the longest overdue first, for this caller alone.

        A taken booking is given to nobody else before ``until``, unless a commit changes it first; one that was
        taken and not worked on (a crash) comes back then.
        """
        ...

    async def increment_checks(self, booking_id: str) -> int:
        """Count one more look-up for a due booking that had no answer; how many since its last commit, this one too."""
        ...

    async def postpone(self, booking_id: str, action: str, *, until: datetime) -> None:
        """Keep a due booking from every caller of ``claim_due`` until an instant, while this action is what is due.

        A commit ends it.
        """
        ...

    async def list_claims(
        self, provider_id: str, resource_ids: Sequence[str], start: datetime, end: datetime
    ) -> Sequence[SlotClaim]:
        """Claims of a provider's bookings, and anybody's of the resources, that overlap the interval.

        Expired holds are included.
        """
        ...
