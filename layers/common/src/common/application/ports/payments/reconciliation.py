"""What reconciliation of payments reads and writes."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from common.application.ports.payments.gateway import Intent
from common.domain.bookings.discrepancies import Discrepancy, StripeBooks
from common.domain.shared.model import Model


class Progress(Model):
    """How far one phase of reconciliation has come; ``id`` names the phase.

    Everything before ``verified_until`` is done; it never moves back. ``window_end`` and ``after`` are where a run
    stopped inside the part that comes next: its end, and the last one seen. ``turn`` is when the phase had its last
    turn among all. ``revision`` rises by one with each write and is the optimistic lock of runs that overlap.
    """

    id: str
    verified_until: datetime
    window_end: datetime | None = None
    after: str | None = None
    turn: int = 0
    revision: int = 0


class DueReconciliation(NamedTuple):
    """A booking that waits to be compared; ``revision`` says which of its requests."""

    booking_id: str
    revision: int


class Touched(NamedTuple):
    """An operation that changed: its booking, when, and its own id."""

    booking_id: str
    at: datetime
    operation_id: str


class MovedAtStripe(NamedTuple):
    """An entry of our balance at Stripe, and what it names of a booking: its id, or an intent of it."""

    id: str
    booking_id: str | None
    intent_id: str | None


class ProviderRecords(Protocol):
    """Stripe's own records. Errors are those of ``PaymentGateway``."""

    async def get_books(self, booking_id: str, intent_ids: Sequence[str]) -> StripeBooks:
        """Sums of a booking's intents, refunds, transfers and fees, and of what all that did to our balance."""
        ...

    async def list_movements(
        self, since: datetime, before: datetime, *, limit: int, after: str | None
    ) -> Sequence[MovedAtStripe]:
        """Entries of our balance made in a period, newest first; ``after`` is the id of the last one seen."""
        ...

    async def list_intents(
        self, since: datetime, before: datetime, *, limit: int, after: str | None
    ) -> Sequence[Intent]:
        """Payment intents made in a period, newest first; ``after`` is the id of the last one seen."""
        ...


class DueReconciliations(Protocol):
    """Bookings that wait to be compared with Stripe, each once, the longest waiting first."""

    async def request(self, booking_ids: Sequence[str], now: datetime) -> None:
        """Ask for bookings to be compared; one that waits already keeps its place."""
        ...

    async def claim(self, now: datetime, *, limit: int) -> Sequence[DueReconciliation]:
        """Take what is due, the longest due first, for this caller alone.

        What is not done comes back later, and later still each time.
        """
        ...

    async def list_waiting(self, taken: Sequence[DueReconciliation]) -> Sequence[DueReconciliation]:
        """Those of what was taken that have not been compared meanwhile, each with its present revision."""
        ...

    async def release(self, taken: Sequence[DueReconciliation], now: datetime) -> None:
        """Give back what was not begun: it is due at once, and the try does not count."""
        ...

    async def complete(self, due: DueReconciliation, now: datetime) -> None:
        """The booking was compared; one that has been asked for again since then is due again at once."""
        ...

    async def find_oldest(self) -> datetime | None:
        """Since when the longest waiting one has waited; ``None`` where none does."""
        ...


class PaymentReviews(Protocol):
    """What was touched when, and what was found."""

    async def list_touched(
        self, since: datetime, before: datetime, *, limit: int, after: tuple[datetime, str] | None
    ) -> Sequence[Touched]:
        """Operations that changed in a period, oldest first; ``after`` is (instant, id) of the last one seen."""
        ...

    async def get_progress(self, phase: str) -> Progress | None:
        """How far a phase has come."""
        ...

    async def save_progress(self, progress: Progress) -> bool:
        """Store it as the next revision; ``False`` if the one before is not what is stored: another run is at it."""
        ...

    async def report(self, discrepancies: Sequence[Discrepancy]) -> Sequence[Discrepancy]:
        """Record differences; one that is known keeps its first instant. Returns those that were not open before."""
        ...

    async def resolve_others(self, booking_id: str, kept: Sequence[str], now: datetime) -> None:
        """Mark a booking's differences that were not seen again as resolved; ``kept`` are ids that remain.

        Intents that nobody claims are no part of a booking's comparison and stay.
        """
        ...

    async def resolve(self, ids: Sequence[str], now: datetime) -> None:
        """Mark differences as resolved."""
        ...

    async def claim_unreported(self, *, limit: int) -> Sequence[Discrepancy]:
        """Unreported differences; each is given to one caller."""
        ...

    async def list_open(self, *, limit: int, before: tuple[datetime, str] | None) -> Sequence[Discrepancy]:
        """Differences that are not resolved, newest first; ``before`` is (first seen, id) of the last one seen."""
        ...
