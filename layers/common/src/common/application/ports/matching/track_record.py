"""What customers and providers have done before."""

from collections.abc import Mapping, Sequence
from typing import Protocol


class TrackRecord(Protocol):
    """Work that was done, as far as matching asks about it."""

    async def known_providers(self, customer_id: str) -> frozenset[str]:
        """Providers who have done work for a customer, of the last few hundred jobs."""
        ...

    async def jobs_done(self, provider_ids: Sequence[str], *, most: int) -> Mapping[str, int]:
        """How many jobs each of these providers has done, counted up to ``most``; who has none may be left out."""
        ...
