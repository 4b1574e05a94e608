"""A client that keeps the protocol's rules (docs/realtime.md).

It passes over numbers that it has seen, and holds what comes early.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass
class StreamClient:
    """What a client shows: the version of every event, in their order, or loaded anew at a resync."""

    epoch: str | None = None
    seen: int = 0
    shown: list[int | None] = field(default_factory=list)
    early: dict[int, int | None] = field(default_factory=dict)

    def take(self, seq: int, version: int | None) -> None:
        """Take an event, in whatever order it comes."""
        if seq > self.seen:
            self.early[seq] = version
        while self.seen + 1 in self.early:
            self.seen += 1
            self.shown.append(self.early.pop(self.seen))

    def begin(self, epoch: str, seq: int, loaded: Sequence[int | None]) -> None:
        """Go on from where the stream stands, with what was loaded anew."""
        self.epoch, self.seen, self.shown = epoch, seq, list(loaded)
        self.early.clear()

    def hear(self, frame: dict[str, Any], loaded: Sequence[int | None] = ()) -> None:
        """Take a frame of a socket, or the answer of the replay over HTTP.

        Args:
            frame: it.
            loaded: what the client would load if it had to begin anew.
        """
        if frame.get("type") == "resync" or frame.get("resync") or self.epoch is None:
            self.begin(frame["epoch"], frame["seq"], loaded)
        for each in frame.get("events", []):
            self.take(each["seq"], each["version"])
