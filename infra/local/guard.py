"""Replace this process by a command that dies when its parent does.

Run as a script: ``python -I -S guard.py PARENT_PID COMMAND [ARGUMENT...]``. Linux delivers SIGTERM to the
command when the starting process ends, however it ends (``man 2 prctl``, PR_SET_PDEATHSIG), and the setting
survives ``execv``. Elsewhere the command merely runs, and the orderly stop is what ends it.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def tie_to_parent(parent_pid: int) -> None:
    """Ask the kernel for SIGTERM at the parent's end; leave at once if the parent is gone already.

    Args:
        parent_pid: Process id of the process that started this one.
    """
    if not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent_pid:
        sys.exit(1)


if __name__ == "__main__":
    tie_to_parent(int(sys.argv[1]))
    os.execv(sys.argv[2], sys.argv[2:])  # noqa: S606  (no shell is wanted)
