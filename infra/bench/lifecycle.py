"""The sweep of ten thousand due bookings, beside the same documents written by the bare driver."""

from __future__ import annotations

import statistics
import time
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from bson import json_util

from infra.bench import capture
from infra.bench.bookings import copies
from infra.bench.environments import BenchmarkError, Subject, running
from infra.bench.results import Held, Row, Section
from infra.bench.statistics import Timing
from infra.bench.targets import Target
from infra.bench.world import DATABASE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from infra.bench.environments import Environment
    from infra.bench.setting import Setting

#: Firings in turn with the baseline's, and what each finds due: ten thousand in all.
_FIRINGS, _DUE, _LEAST_DUE = 10, 1_000, 20
#: How many the sweep writes at once (``common.application.bookings.sweep``).
_WIDTH = 4
_BYTES_PER_MB = 1024 * 1024
_PAGE = 4096
_TEXT = (
    "Requests whose time for an answer is over: {firings} firings of the schedule's function find {due:,} each, in "
    "turn with a bare handler that writes the same documents for as many, one transaction each and as many at once. "
    "Only the sweep looks for what is due, leases and decides it, and publishes its events. Milliseconds for each "
    "booking. The function held {first:.0f} MB after the first firing and {last:.0f} MB after the last."
)


async def sweeping(setting: Setting) -> Section:
    """Let the answer to many requests be overdue, and sweep them with the function itself; fewer in a trial.

    Args:
        setting: Where they are stored.
    """
    due = max(_LEAST_DUE, setting.runs(_DUE)) if setting.options.is_trial else _DUE
    sweep = Subject("sweep", "functions.bookings.sweep_schedule.handler", setting.functions / "bookings", {})
    async with running(setting.bench, sweep) as mine:
        documents = setting.folder / "swept.json"
        first = copies(setting, due, accept_in=timedelta(seconds=-1))
        ours, held = [await _sweep(mine, due)], [_megabytes(mine)]
        written = capture.documents_of(setting.servers.mongodb_uri, DATABASE, first[0])
        documents.write_text(json_util.dumps(written))
        bare = setting.baseline("sweep.handler", BENCH_DOCUMENTS=str(documents))
        async with running(setting.bench, bare) as baseline:
            others = [await _write(setting, baseline, due)]
            for _ in range(_FIRINGS - 1):
                copies(setting, due, accept_in=timedelta(seconds=-1))
                ours.append(await _sweep(mine, due))
                held.append(_megabytes(mine))
                others.append(await _write(setting, baseline, due))
    return section(ours, others, held, due)


def section(ours: Sequence[float], others: Sequence[float], held: Sequence[float], due: int) -> Section:
    """The table.

    Args:
        ours: Milliseconds for each booking, by firing.
        others: The baseline's.
        held: Megabytes that the function's process held after each firing.
        due: Bookings of a firing.
    """
    ratio = statistics.median(ours) / statistics.median(others)
    swept = Held(Target.SWEEP, ratio, runs=due * len(ours))
    rows = [Row("baseline", _timing(others, due)), Row("the sweep", _timing(ours, due), ratio, (swept,))]
    text = _TEXT.format(firings=len(ours), due=due, first=held[0], last=held[-1])
    return Section("Sweeping due bookings", text, rows, (Held(Target.SWEEP_MEMORY, held[-1] / held[0]),))


def _timing(milliseconds: Sequence[float], due: int) -> Timing:
    return Timing(statistics.median(milliseconds), None, max(milliseconds), due * len(milliseconds))


async def _sweep(environment: Environment, due: int) -> float:
    """Milliseconds for each booking of one firing's, in as many invocations as it takes."""
    began, done = time.perf_counter(), 0
    while done < due:
        swept = (await environment.invoke({})).get("BookingsExpire", 0)
        if not swept:
            raise BenchmarkError(f"the sweep stopped after {done} of {due} bookings")
        done += swept
    return (time.perf_counter() - began) * 1000 / due


async def _write(setting: Setting, baseline: Environment, due: int) -> float:
    """Milliseconds for each booking that the baseline writes."""
    waiting = copies(setting, due, accept_in=timedelta(days=1))
    began = time.perf_counter()
    await baseline.invoke({"ids": waiting, "width": _WIDTH})
    return (time.perf_counter() - began) * 1000 / due


def _megabytes(environment: Environment) -> float:
    """The memory that the function's process has resident."""
    pages = int(Path(f"/proc/{environment.pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * _PAGE / _BYTES_PER_MB
