"""Stripe's webhook events: what we keep of them, and where."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from pydantic import Field

from common.domain.shared.model import Model


class WebhookStatus(StrEnum):
    """Where a stored event stands. ``ignored``: its type says nothing to us, or what it speaks of is not ours."""

    RECEIVED = "received"
    PROCESSED = "processed"
    IGNORED = "ignored"
    FAILED = "failed"


class StripeEvent(Model):
    """What we keep of an event: which object it speaks of. What happened is read again from Stripe.

    ``related`` are identifiers of objects that the event's object belongs to, by their field's name; ``marks`` say
    whose it is (``Owner.origin``).
    """

    id: str
    type: str
    object_id: str
    object_type: str = ""
    booking_id: str | None = None
    marks: dict[str, str] = Field(default_factory=dict)
    related: dict[str, str] = Field(default_factory=dict)
    account_id: str | None = None
    created: int
    status: WebhookStatus = WebhookStatus.RECEIVED
    tries: int = 0
    received_at: datetime | None = None
    processed_at: datetime | None = None


class WebhookEvents(Protocol):
    """Stored events, each once."""

    async def insert(self, event: StripeEvent) -> bool:
        """Store an event; ``False`` if its id is already there."""
        ...

    async def get(self, event_id: str) -> StripeEvent | None:
        """One event by id."""
        ...

    async def increment_tries(self, event_id: str) -> None:
        """Count one more attempt to process."""
        ...

    async def finish(self, event_id: str, status: WebhookStatus, now: datetime) -> None:
        """Record that the event needs no more work, or that it is given up."""
        ...

    async def list_unprocessed(
        self, *, before: datetime, limit: int, after: tuple[datetime, str] | None = None
    ) -> Sequence[StripeEvent]:
        """Events received before the instant and still not processed, oldest first.

        ``after`` is (instant, id) of the last one seen.
        """
        ...


class WebhookVerifier(Protocol):
    """Checks signatures."""

    def verify(self, body: bytes, signature: str | None) -> StripeEvent:
        """The event of a body whose signature is right.

        Raises:
            InvalidInput: forged, stale or no event.
        """
        ...


class StripeEventQueue(Protocol):
    """The queue of received Stripe events."""

    async def send(self, event_id: str) -> bool:
        """Queue one event by id; ``False`` if the queue could not be reached."""
        ...
