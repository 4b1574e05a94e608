"""The streams of people."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from common.domain.messaging.realtime.streams import Stream, StreamEvent
from common.domain.shared.events import Event


class LiveStreams(Protocol):
    """Who has a stream at all, for those who would otherwise emit events that nobody sees."""

    async def list_live(self, user_ids: Collection[str], now: datetime) -> Sequence[str]:
        """Those of these accounts whose stream is written."""
        ...


class Streams(LiveStreams, Protocol):
    """Where streams are kept."""

    async def get(self, user_id: str, now: datetime) -> Stream | None:
        """A person's stream, while it is written."""
        ...

    async def open(self, user_id: str, epoch: str, now: datetime) -> None:
        """Let a person's stream be written for a week from now; begun under ``epoch`` where none is being written."""
        ...

    async def append(self, user_id: str, event: Event, now: datetime) -> tuple[str, StreamEvent] | None:
        """Add an event to a stream that is being written, unless it has it already.

        Returns:
            The stream's epoch and the event with its number there, the same however often it is added; ``None`` where
            there is no stream, or the event has left it again.
        """
        ...
