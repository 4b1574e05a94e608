"""Time."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """The one source of the present instant."""

    def now(self) -> datetime:
        """The present instant: aware, UTC, whole milliseconds (what BSON stores)."""
        ...
