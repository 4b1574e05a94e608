"""The sweep of ten thousand due bookings."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from infra.bench.bookings import copies
from infra.bench.environments import Subject, running

if TYPE_CHECKING:
    from infra.bench.environments import Environment
    from infra.bench.setting import Setting

_DUE = 10_000
_BYTES_PER_MB = 1024 * 1024
_PAGE = 4096


async def sweeping(setting: Setting) -> dict[str, str]:
    """Let the answer to many requests be overdue, and sweep them with the function itself.

    Returns:
        A fact of the run: how long it took, and the memory that the function held.
    """
    number = setting.runs(_DUE)
    copies(setting, number, accept_in=timedelta(seconds=-1))
    sweep = Subject("sweep", "functions.bookings.sweep_schedule.handler", setting.functions / "bookings", {})
    started, swept, held = time.perf_counter(), 0, []
    async with running(setting.bench, sweep) as environment:
        while swept < number:
            counts = await environment.invoke({})
            done = counts.get("BookingsExpire", 0)
            held.append(_megabytes(environment))
            swept += done
            if not done:
                break
    taken = time.perf_counter() - started
    memory = f"{held[0]:.0f} MB held after the first firing, {held[-1]:.0f} MB after the last of {len(held)}"
    return {f"Sweep of {number:,} due bookings": f"{swept:,} expired in {taken:.0f} s, {memory}"}


def _megabytes(environment: Environment) -> float:
    """The memory that the function's process has resident."""
    pages = int(Path(f"/proc/{environment.pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * _PAGE / _BYTES_PER_MB
