"""A clock that stands still until it is moved."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

#: A Monday far enough in the future that no TTL index of a real server ever fires on a test's rows.
START = datetime(2030, 3, 4, 0, 0, tzinfo=UTC)


class FakeClock:
    """Implements ``Clock``."""

    def __init__(self, now: datetime = START) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def set(self, now: datetime) -> None:
        """Jump to an instant."""
        self._now = now

    def advance(self, **parts: float) -> datetime:
        """Move by ``timedelta(**parts)`` and return the new instant."""
        self._now += timedelta(**parts)
        return self._now
