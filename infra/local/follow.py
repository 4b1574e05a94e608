"""Follow a growing log file."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import IO

POLL_SECONDS = 0.2
LAST_BYTES = 8000


def _never() -> bool:
    """Go on."""
    return False


def lines(path: Path, *, from_end: bool, until: Callable[[], bool] = _never) -> Iterator[str]:
    """Yield the lines of a file as they are written, without end, over its rotation too.

    Args:
        path: The file; may not exist yet.
        from_end: Begin with what is written from now on, instead of the last few kilobytes.
        until: Tells, whenever there is nothing to yield, that it is over.

    Yields:
        Lines without their ends.
    """
    while not path.exists():
        if until():
            return
        time.sleep(POLL_SECONDS)
    file = _open(path, from_end=from_end)
    try:
        while True:
            line = file.readline()
            if line:
                yield line.rstrip("\n")
                continue
            if until():
                return
            if path.exists() and path.stat().st_ino != _inode(file):
                file.close()
                file = path.open(errors="replace")
            time.sleep(POLL_SECONDS)
    finally:
        file.close()


def _open(path: Path, *, from_end: bool) -> IO[str]:
    """Open the file at its end or a little before it."""
    file = path.open(errors="replace")
    size = path.stat().st_size
    if from_end or size > LAST_BYTES:
        file.seek(size if from_end else size - LAST_BYTES)
        if not from_end:
            file.readline()
    return file


def _inode(file: IO[str]) -> int:
    """Return the inode of an open file."""
    return os.fstat(file.fileno()).st_ino
