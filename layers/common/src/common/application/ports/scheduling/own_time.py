"""Time that providers take by hand."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from common.domain.scheduling.own_time import OwnTime

T = TypeVar("T", bound=OwnTime)


class OwnTimes(Protocol[T]):
    """Blocks, or manual bookings, with what they claim."""

    async def insert(self, item: T, *, user_id: str, most: int) -> None:
        """Take the time and store the item in one transaction, or nothing of it.

        Args:
            item: what is new.
            user_id: the provider's account, which must not have left.
            most: how many that are not over a provider may have, this one included.

        Raises:
            SlotUnavailable: something that has not expired takes some of the time.
            Conflict: it would be one too many (``too_many``).
            NotFound: the account has left.
        """
        ...

    async def save(self, item: T, *, expected_version: int) -> None:
        """Store the item and move its claims in one transaction, or nothing of it.

        Raises:
            SlotUnavailable: something that has not expired takes some of the time.
            VersionConflict: it has changed meanwhile, or is gone.
        """
        ...

    async def get(self, item_id: str) -> T | None:
        """One by id."""
        ...

    async def list_by_provider(
        self,
        provider_id: str,
        *,
        ends_after: datetime,
        starts_before: datetime | None,
        limit: int,
        after: tuple[datetime, str] | None = None,
    ) -> Sequence[T]:
        """A provider's that overlap an interval, the earliest first; ``after`` is (start, id) of the last seen."""
        ...

    async def delete(self, item: T) -> bool:
        """Free the time and remove the item in one transaction; ``False`` if it was gone."""
        ...
