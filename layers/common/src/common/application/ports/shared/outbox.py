"""The transactional outbox and the queues behind it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from common.domain.shared.events import Event


class Publisher(Protocol):
    """The queues."""

    async def publish(self, events: Sequence[Event]) -> Sequence[str]:
        """Send each event to its topic's queue; returns the ids that the queue took. Never raises on a lost one."""
        ...


class Outbox(Protocol):
    """Events that have committed and wait to be published."""

    async def insert(self, events: Sequence[Event]) -> None:
        """Store events on their own, where no other write belongs to them."""
        ...

    async def list_unpublished(self, *, before: datetime, limit: int, after: Event | None = None) -> Sequence[Event]:
        """Events that were made before the instant, have not been marked and can be sent by now, oldest first.

        Those that ask for a later delivery come last. ``after`` is the last event seen in this sweep; ids sort by the
        time they were made.
        """
        ...

    async def mark_published(self, event_ids: Sequence[str], now: datetime) -> None:
        """Mark events as published; marked rows are removed after a week."""
        ...


class ProcessedEvents(Protocol):
    """Which events a consumer has done, so that a second delivery is a no-op."""

    async def claim(self, consumer: str, event_id: str, now: datetime) -> bool:
        """Take an event for working on; ``False`` if it is done.

        Raises:
            Unavailable: it is in work elsewhere; the message must come again, for that worker may yet die.
        """
        ...

    async def complete(self, consumer: str, event_id: str, now: datetime) -> None:
        """Mark an event as processed."""
        ...

    async def release(self, consumer: str, event_id: str) -> None:
        """Give a claimed event back after a failure, so that the redelivery works on it at once."""
        ...
