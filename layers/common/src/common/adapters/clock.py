"""The system clock, and the one a developer can move."""

from datetime import UTC, datetime, timedelta
from pathlib import Path


class SystemClock:
    """Implements ``Clock`` with the machine's time."""

    def now(self) -> datetime:
        """The present instant: aware, UTC, cut to whole milliseconds."""
        return _to_milliseconds(datetime.now(UTC))


class OffsetClock:
    """Implements ``Clock`` with the machine's time plus what a file says, for the local stage only.

    Args:
        path: a file holding seconds to add, as a decimal number; a missing or unreadable one adds nothing.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def now(self) -> datetime:
        """The moved instant: aware, UTC, cut to whole milliseconds."""
        return _to_milliseconds(datetime.now(UTC) + timedelta(seconds=self._offset()))

    def _offset(self) -> float:
        try:
            return float(self._path.read_text(encoding="ascii"))
        except (OSError, ValueError):
            return 0.0


def _to_milliseconds(instant: datetime) -> datetime:
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)
