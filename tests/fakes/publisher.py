"""Queues that keep what they are given, or refuse it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from common.domain.shared.events import Event


class CollectingPublisher:
    """Implements ``Publisher``; set ``is_unavailable`` to lose everything, as a dead queue service would."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.is_unavailable = False

    async def publish(self, events: Sequence[Event]) -> Sequence[str]:
        if self.is_unavailable:
            return []
        self.events.extend(events)
        return [event.id for event in events]

    def types(self) -> list[str]:
        """Types of what was published, in order."""
        return [event.type for event in self.events]
