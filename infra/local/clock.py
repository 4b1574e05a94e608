"""The clock of the local cloud: the system's plus an offset kept in a file, so that time can be moved."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def read_offset(path: Path) -> float:
    """Return the offset.

    Args:
        path: The clock file; may be missing.

    Returns:
        Seconds added to the system's time.
    """
    return float(path.read_text() or 0) if path.exists() else 0.0


def write_offset(path: Path, seconds: float) -> None:
    """Set the offset, in one step for anyone who reads meanwhile.

    Args:
        path: The clock file.
        seconds: Seconds added to the system's time.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_text(f"{seconds:.3f}")
    fresh.replace(path)


def tell(seconds: float) -> str:
    """Say what the clock shows, for people.

    Args:
        seconds: The offset.

    Returns:
        Such as ``2026-12-01 10:00 UTC, 2 d 3 h ahead``.
    """
    shown = f"{datetime.now(UTC) + timedelta(seconds=seconds):%Y-%m-%d %H:%M} UTC"
    if not seconds:
        return f"{shown}, on time"
    minutes = round(abs(seconds) / 60)
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [f"{count} {unit}" for count, unit in ((days, "d"), (hours, "h"), (rest, "min")) if count]
    return f"{shown}, {' '.join(parts) or 'less than a minute'} {'ahead' if seconds > 0 else 'behind'}"
