"""What waits for moderators."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from common.domain.moderation.items import ItemKind, ItemState, ModerationItem


class Moderation(Protocol):
    """The queue of moderators."""

    async def report(self, item: ModerationItem) -> ModerationItem:
        """Store what somebody has reported; returns the first where they have reported it before.

        It joins a unit of work.
        """
        ...

    async def decide(self, kind: ItemKind, subject: str) -> None:
        """Let what was reported of one thing wait no more, as it was decided on elsewhere; in the unit of work."""
        ...

    async def get(self, item_id: str) -> ModerationItem | None:
        """One item; in the unit of work as it is there."""
        ...

    async def is_waiting(self, kind: ItemKind, subject: str) -> bool:
        """Whether somebody has to decide on a thing; in the unit of work."""
        ...

    async def list_by_state(
        self, state: ItemState | None, *, kinds: Sequence[ItemKind] = (), limit: int, after: str | None
    ) -> Sequence[ModerationItem]:
        """What is in a state, the longest waiting first; ``after`` is the id of the last one seen.

        Args:
            state: which; all that somebody has to decide on where it is ``None``.
            kinds: of these alone; of all where there are none.
            limit: at most so many.
            after: the id of the last one seen.
        """
        ...

    async def list_decided_about(self, user_id: str, *, limit: int, before: str | None) -> Sequence[ModerationItem]:
        """What was decided about what somebody has written, newest first; ``before`` is the id of the last one seen."""
        ...

    async def claim(self, item_id: str, staff_id: str, *, now: datetime, until: datetime) -> ModerationItem | None:
        """Take what waits until an instant, also again; ``None`` where it does not wait, or another one has it."""
        ...

    async def save(self, item: ModerationItem) -> None:
        """Write an item that was read in the same unit of work: of two decisions at once the later begins anew."""
        ...

    async def settle(self, item: ModerationItem) -> None:
        """Let what others have reported of the same thing end with an item's decision, inside the unit of work."""
        ...
