"""Everything that is held about one person, wherever it lies."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol


class PersonalData(Protocol):
    """What is held about an account, across all areas."""

    async def collect(self, user_id: str, provider_id: str | None) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """Rows about the account by subject, without secrets; at most a thousand of each, the newest."""
        ...

    async def has_open_bookings(self, user_id: str, provider_id: str | None) -> bool:
        """Whether a booking of either side is still under way."""
        ...

    async def erase(self, user_id: str, provider_id: str | None, now: datetime) -> None:
        """Remove what is only theirs, and what names them from what must stay (bookings, the log)."""
        ...
