"""The repository of private calendar feeds."""

from datetime import datetime
from typing import Protocol


class CalendarFeeds(Protocol):
    """One feed for each owner, found by the digest of its token."""

    async def save(self, owner_id: str, token_hash: str, now: datetime) -> None:
        """Give an owner, an account or a provider's profile, a new token; the one before stops working."""
        ...

    async def delete_by_owner(self, owner_id: str) -> bool:
        """End an owner's feed, in the unit of work if there is one; whether there was a feed."""
        ...

    async def find_owner(self, token_hash: str) -> str | None:
        """Whose feed a token opens."""
        ...
