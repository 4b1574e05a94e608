"""Where providers' private calendar feeds live."""

from datetime import datetime
from typing import Protocol


class CalendarFeeds(Protocol):
    """One feed for each provider, found by the digest of its token."""

    async def put(self, provider_id: str, token_hash: str, now: datetime) -> None:
        """Give a provider a new token; the one before stops working."""
        ...

    async def remove(self, provider_id: str) -> None:
        """End a provider's feed."""
        ...

    async def provider_of(self, token_hash: str) -> str | None:
        """The provider whose feed a token opens."""
        ...
