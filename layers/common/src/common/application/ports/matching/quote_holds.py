"""The time that quotes hold."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Protocol

from common.domain.scheduling.slot_cells import SlotClaim


class QuoteHolds(Protocol):
    """Claims of time for quotes, which end on their own."""

    async def take(
        self,
        claims: Sequence[SlotClaim],
        *,
        released_ids: Sequence[str],
        now: datetime,
        write: Callable[[], Awaitable[None]],
    ) -> None:
        """Take time for a quote and make other repositories' writes in one transaction, or nothing of them.

        Args:
            claims: one of each resource.
            released_ids: claims that make way, such as those of an earlier quote.
            now: others' holds that have expired by then give way.
            write: what commits with it and comes first, as in a ``UnitOfWork``; it may be made again.

        Raises:
            SlotUnavailable: something else takes some of the time.
            Unavailable: the database did not take it; nothing is known to be written.
        """
        ...

    async def free(self, claim_ids: Sequence[str]) -> None:
        """Give claims up, in the unit of work under way; those that are gone do not matter."""
        ...
