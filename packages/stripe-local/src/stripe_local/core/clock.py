"""The server's clock: the machine's, plus an offset that tests and developers move."""

import time
from pathlib import Path


class Clock:
    """System time plus an offset in seconds.

    Args:
        file: A file holding the offset as text; it is read anew each time and wins over `offset`. Missing means 0.
    """

    def __init__(self, file: Path | None = None) -> None:
        self.file = file
        self._offset = 0.0

    @property
    def offset(self) -> float:
        """Seconds added to the system's time."""
        if self.file is None:
            return self._offset
        try:
            return float(self.file.read_text(encoding="utf-8").strip() or 0)
        except (FileNotFoundError, ValueError):
            return 0.0

    @offset.setter
    def offset(self, seconds: float) -> None:
        self._offset = seconds
        if self.file is not None:
            self.file.write_text(f"{seconds}\n", encoding="utf-8")

    def now(self) -> int:
        """Seconds since the epoch, by this clock."""
        return int(time.time() + self.offset)
