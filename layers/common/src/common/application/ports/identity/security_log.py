"""The log of security events and of what staff do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from common.domain.identity.security_events import SecurityEvent, SecurityEventType


@dataclass(frozen=True)
class LogQuery:
    """Which rows; all of them without.

    Args:
        user_id: about this account.
        actor_id: done by this account.
        subject: about this thing: a report, a booking, a rating.
        type: of this type.
        since: at this instant or later.
        until: before this instant.
    """

    user_id: str | None = None
    actor_id: str | None = None
    subject: str | None = None
    type: SecurityEventType | None = None
    since: datetime | None = None
    until: datetime | None = None


class SecurityLog(Protocol):
    """The append-only log."""

    async def insert(self, event: SecurityEvent) -> None:
        """Append one, also inside a unit of work."""
        ...

    async def search(self, query: LogQuery, *, limit: int, before: str | None) -> Sequence[SecurityEvent]:
        """Rows, newest first; ``before`` is the id last seen."""
        ...
