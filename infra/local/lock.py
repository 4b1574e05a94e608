"""One local cloud for a state folder: the lock goes with the process, so a stale one cannot stay."""

from __future__ import annotations

import fcntl
import os
from typing import TYPE_CHECKING, Self

from infra.local.processes import StartError

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

FILE = "lock"


class StateLock:
    """Exclusive use of a state folder, held while the ``with`` block runs."""

    def __init__(self, state_dir: Path) -> None:
        """Name the folder.

        Args:
            state_dir: The cloud's folder.
        """
        self._path = state_dir / FILE
        self._descriptor = -1

    def __enter__(self) -> Self:
        """Take the lock.

        Raises:
            StartError: When another process holds it.
        """
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.parent.chmod(0o700)  # secrets, mails and the database are in it
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(descriptor)
            raise StartError(
                f"A local cloud already runs in {self._path.parent} (pid {self._path.read_text().strip()}). "
                "Stop it with Ctrl-C there, or with: make down"
            ) from None
        os.truncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode())
        self._descriptor = descriptor
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Release the lock."""
        os.close(self._descriptor)


def holder(state_dir: Path) -> int | None:
    """Return the process that runs a local cloud in a folder.

    Args:
        state_dir: The cloud's folder.

    Returns:
        Its process id, or None where nobody holds the lock.
    """
    path = state_dir / FILE
    if not path.exists():
        return None
    with path.open("r+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return int(file.read())
    return None
