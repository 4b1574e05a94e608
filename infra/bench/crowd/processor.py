"""Processor time of processes, as the kernel counts it."""

from __future__ import annotations

import os
from pathlib import Path

_PROC = Path("/proc")
_MS_PER_SECOND = 1000
#: Of the fields behind the name: time in user mode and in the kernel (https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html).
_USER, _SYSTEM = 11, 12


def cpu_ms(pid: int) -> float:
    """Processor time that a process has used so far, all threads together, in milliseconds.

    Args:
        pid: A running process.

    Raises:
        FileNotFoundError: There is none.
    """
    return parse((_PROC / str(pid) / "stat").read_text(), os.sysconf("SC_CLK_TCK"))


def parse(stat: str, ticks_per_second: int) -> float:
    """Milliseconds of a line of ``/proc/<pid>/stat``; the name in it may have spaces and brackets.

    Args:
        stat: The line.
        ticks_per_second: The kernel's unit.
    """
    fields = stat.rpartition(")")[2].split()
    return (int(fields[_USER]) + int(fields[_SYSTEM])) * _MS_PER_SECOND / ticks_per_second
