"""How far behind what runs by itself is, and what services outside do."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Protocol


class Sweep(StrEnum):
    """What has timers that a schedule fires, by its collection."""

    BOOKINGS = "bookings"
    JOB_REQUESTS = "job_requests"
    OFFERS = "offers"
    REPORTS = "reports"


class BreakerState(NamedTuple):
    """A circuit breaker: since when it is open, ``None`` while it is closed, and its failures of late."""

    name: str
    opened_at: datetime | None
    failures: int


class Lags(Protocol):
    """What waits, and since when."""

    async def get_oldest_due(self, sweep: Sweep, now: datetime) -> datetime | None:
        """When the longest overdue timer was due; ``None`` where none is."""
        ...

    async def get_begun(self) -> datetime | None:
        """Since when the database is in use; ``None`` where it does not say."""
        ...

    async def list_breakers(self) -> Sequence[BreakerState]:
        """The breakers that were ever needed, by name."""
        ...
