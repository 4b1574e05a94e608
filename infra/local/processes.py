"""Start, watch and stop the child processes of the local cloud."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import IO

GUARD = Path(__file__).with_name("guard.py")
STOP_GRACE_SECONDS = 10.0
POLL_SECONDS = 0.02


class StartError(RuntimeError):
    """A part of the local cloud could not be started; the message tells what to do."""


def guarded(command: Sequence[str | Path]) -> list[str]:
    """Wrap a command so that it ends when the calling process ends.

    Args:
        command: Absolute program path and its arguments.

    Returns:
        The command line to start instead.
    """
    return [sys.executable, "-I", "-S", str(GUARD), str(os.getpid()), *map(str, command)]


def start(
    command: Sequence[str | Path], *, log: Path, env: Mapping[str, str], cwd: Path | None = None
) -> subprocess.Popen[bytes]:
    """Start a guarded child in its own process group, so that Ctrl-C reaches the parent alone.

    Args:
        command: Absolute program path and its arguments.
        log: File that receives the child's output, appended.
        env: The child's whole environment.
        cwd: Working directory; the caller's by default.

    Returns:
        The running child.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    output: IO[bytes]
    with log.open("ab") as output:
        return subprocess.Popen(
            guarded(command),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(env),
            cwd=cwd,
            process_group=0,
        )


def stop(process: subprocess.Popen[bytes], grace: float = STOP_GRACE_SECONDS) -> None:
    """End a child: SIGTERM, and SIGKILL after the grace period.

    Args:
        process: The child; may have ended already.
        grace: Seconds it gets for an orderly end.
    """
    if process.poll() is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(grace)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def wait_until(
    ready: Callable[[], bool], *, process: subprocess.Popen[bytes], log: Path, name: str, timeout: float
) -> None:
    """Wait for a child to become ready, and say why if it does not.

    Args:
        ready: Tells whether the child is ready.
        process: The child.
        log: Its log file, quoted in the message.
        name: Its name for people.
        timeout: Seconds to wait at most.

    Raises:
        StartError: When the child ended or the time is up.
    """
    deadline = time.monotonic() + timeout
    while not ready():
        if process.poll() is not None:
            raise StartError(f"{name} ended with code {process.returncode}:\n{tail(log)}")
        if time.monotonic() > deadline:
            raise StartError(f"{name} was not ready after {timeout:.0f} s:\n{tail(log)}")
        time.sleep(POLL_SECONDS)


def tail(log: Path, lines: int = 15) -> str:
    """Return the last lines of a log file, indented for a message.

    Args:
        log: The file; may be missing.
        lines: How many lines to keep.

    Returns:
        The text, each line led by two spaces.
    """
    if not log.exists():
        return "  (no output)"
    kept = log.read_text(errors="replace").splitlines()[-lines:]
    return "\n".join(f"  {line}" for line in kept) or "  (no output)"


def is_alive(pid: int) -> bool:
    """Tell whether a process with this id runs.

    Args:
        pid: Process id.

    Returns:
        True while it exists, no matter who owns it.
    """
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
