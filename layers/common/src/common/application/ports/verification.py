"""What the verification of payments reads and writes."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from common.application.ports.payments import Intent
from common.domain.discrepancies import Discrepancy, StripeBooks
from common.domain.model import Model


class Checkpoint(Model):
    """How far the verification has come: everything before ``verified_until`` was compared."""

    verified_until: datetime
    ran_at: datetime


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


class StripeRecords(Protocol):
    """Stripe's own records. Errors are those of ``PaymentGateway``."""

    async def books_of(self, booking_id: str, intent_ids: Sequence[str]) -> StripeBooks:
        """Sums of a booking's intents, refunds, transfers and fees, and of what all that did to our balance."""
        ...

    async def moved_between(
        self, since: datetime, before: datetime, *, limit: int, after: str | None
    ) -> Sequence[MovedAtStripe]:
        """Entries of our balance made in a period, newest first; ``after`` is the id of the last one seen."""
        ...

    async def intents_between(
        self, since: datetime, before: datetime, *, limit: int, after: str | None
    ) -> Sequence[Intent]:
        """Payment intents made in a period, newest first; ``after`` is the id of the last one seen."""
        ...


class PaymentReviews(Protocol):
    """What was touched when, and what was found."""

    async def touched_between(
        self, since: datetime, before: datetime, *, limit: int, after: tuple[datetime, str] | None
    ) -> Sequence[Touched]:
        """Operations that changed in a period, oldest first; ``after`` is (instant, id) of the last one seen."""
        ...

    async def checkpoint(self) -> Checkpoint | None:
        """How far the last run came."""
        ...

    async def save_checkpoint(self, checkpoint: Checkpoint) -> None:
        """Remember how far this run came."""
        ...

    async def report(self, discrepancies: Sequence[Discrepancy]) -> Sequence[Discrepancy]:
        """Record differences; one that is known keeps its first sight. Returns those that were not open before."""
        ...

    async def resolve_others(self, booking_id: str, kept: Sequence[str], now: datetime) -> None:
        """Mark a booking's differences that were not seen again as resolved; ``kept`` are ids that remain."""
        ...

    async def open_discrepancies(self, *, limit: int, before: tuple[datetime, str] | None) -> Sequence[Discrepancy]:
        """Differences that are not resolved, newest first; ``before`` is (first seen, id) of the last one seen."""
        ...
