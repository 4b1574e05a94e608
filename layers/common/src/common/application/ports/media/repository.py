"""Where photographs are remembered."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from common.application.ports.media.attachments import Attachments
from common.application.ports.shared.due import Due
from common.domain.media.likeness import Candidate
from common.domain.media.media import Captured, Media, MediaState, Purpose


class MediaRepository(Attachments, Protocol):
    """Photographs."""

    async def insert(self, media: Media) -> None:
        """Store an announced upload, inside the unit of work."""
        ...

    async def sum_bytes_since(self, owner_id: str, since: datetime) -> int:
        """How many bytes somebody has announced since an instant, inside the unit of work."""
        ...

    async def get(self, media_id: str) -> Media | None:
        """One photograph, in whatever state."""
        ...

    async def list_by_owner(
        self, owner_id: str, *, purpose: Purpose | None, limit: int, before: str | None
    ) -> Sequence[Media]:
        """Somebody's photographs that are not deleted, newest first; ``before`` is the id last seen."""
        ...

    async def change(
        self, media_id: str, fields: dict[str, Any], *, states: Sequence[MediaState], now: datetime
    ) -> Media | None:
        """Set fields of a photograph that is in one of these states; ``None`` if it is not. Takes part in a unit."""
        ...

    async def begin_processing(self, media_id: str, *, now: datetime, until: datetime) -> Media | None:
        """Take an uploaded photograph for processing and count the attempt; ``None`` if there is nothing to do.

        One that an earlier attempt left in the middle is taken again. ``until`` is when the sweep looks at it.
        """
        ...

    async def mark_deleted(self, media_id: str, owner_id: str, now: datetime) -> bool:
        """Give up a photograph that is attached to nothing; ``False`` if it is not there for them or is attached."""
        ...

    async def mark_all_deleted(self, owner_id: str, now: datetime, *, limit: int) -> int:
        """Give up to ``limit`` of somebody's photographs up, attached or not; returns how many."""
        ...

    async def claim_due(self, now: datetime, *, until: datetime, limit: int) -> Due[Media]:
        """Photographs whose time has come, taken until an instant so that no other sweep works on them."""
        ...

    async def settle(self, media_id: str, until: datetime) -> None:
        """Let the sweep look at a photograph no more, which it has taken until an instant; a later wish stays."""
        ...

    async def remove(self, media_id: str) -> None:
        """Forget a deleted photograph, once the bucket holds nothing of it."""
        ...

    async def list_same_file(self, sha256: str, *, limit: int) -> Sequence[str]:
        """Ids of photographs made of the same file."""
        ...

    async def list_same_band(self, bands: Sequence[int], *, limit: int) -> Sequence[Candidate]:
        """Photographs that share a band of their hash with these, the newest first."""
        ...

    async def list_close(self, captured: Captured, *, metres: int, since: datetime, limit: int) -> Sequence[Candidate]:
        """Photographs that were taken close to a place and uploaded since an instant, the closest first."""
        ...
