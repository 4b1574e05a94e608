"""Starts: the first request after a restore, the initialization without a snapshot, a worker's first message."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import subprocess
from typing import TYPE_CHECKING

from infra.bench import measure, plain, production, workers
from infra.bench.environments import Subject, cold_start_ms, init_ms, restored
from infra.bench.reading import BASELINES
from infra.bench.results import Row, Section, compare
from infra.bench.statistics import summarise
from infra.bench.targets import Target

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from infra.bench.setting import Setting

_RUNS = 20
_RESTORE_TEXT = (
    "From the moment that an environment is restored until its first answer: secrets fetched by name (as many as the "
    "template gives the function), a connection opened, one request answered, the same as in the table of warm ones. "
    "A process that has initialized for a snapshot stands for the snapshot; reading the snapshot's pages cannot be had "
    "on a laptop. The baseline of each is a bare handler that does the same: its hook fetches as many secrets, all at "
    "once, and connects, and its request is the function's baseline of a warm one, written by hand."
)
_INIT_TEXT = (
    "From the start of the process until it asks for its first event, with byte-code, by AWS's own runtime client. The "
    "baseline of each is a plain FastAPI + Mangum + PyMongo application, made for the run, with as many routes, models "
    "and fields; nothing of it is tuned, and it imports nothing else (neither Stripe nor boto3)."
)
_WORKER_TEXT = (
    "From the start of the process until the first message has been worked on. The baseline imports the same "
    "third-party modules as ours has loaded by then, and does the work in the fewest commands: a mail rendered and "
    "sent, a payment read at the local Stripe, a stored Stripe event processed, one due booking swept, one left-over "
    "event published, what has expired in one collection removed, a photograph that was given up passed over."
)
#: Prints the third-party modules that are loaded when a worker waits for its first message.
_LIST_LIBRARIES = """
import importlib, json, sys
before = set(sys.modules)
importlib.import_module(sys.argv[1])
own = {"common", "functions", "infra", "__main__"}
own |= sys.stdlib_module_names
found = [name for name, module in sys.modules.items() if getattr(module, "__file__", None) and name not in before]
print(json.dumps([name for name in found if name.split(".")[0] not in own]))
"""


async def restore(setting: Setting) -> Section:
    """The first request of every HTTP function after a restore, beside a bare handler's.

    All processes of a round are made at once and then measured in turn, while the others wait.
    """
    pairs = [(_bare_restore(setting, subject), subject) for subject in setting.http.values()]
    subjects = [each for pair in pairs for each in pair]
    series: dict[str, list[float]] = {each.name: [] for each in subjects}
    at_once = asyncio.Semaphore(os.cpu_count() or 1)
    for number in range(setting.runs(_RUNS) + 1):
        async with contextlib.AsyncExitStack() as stack:
            making = [_snapshot(setting, stack, each, at_once) for each in subjects]
            snapshots = await asyncio.gather(*making)
            for subject, snapshot in zip(subjects, snapshots, strict=True):
                taken = await snapshot()
                if number:
                    series[subject.name].append(taken)
    timings = {name: summarise(taken) for name, taken in series.items()}
    rows: list[Row] = []
    for bare, subject in pairs:
        base, timing = timings[bare.name], timings[subject.name]
        rows += [Row(bare.name, base), compare(subject.name, timing, base, Target.RESTORE, of=subject.name)]
    return Section("First request after a restore", _RESTORE_TEXT, rows)


async def _snapshot(
    setting: Setting, stack: contextlib.AsyncExitStack, subject: Subject, at_once: asyncio.Semaphore
) -> Callable[[], Awaitable[float]]:
    async with at_once:
        return await stack.enter_async_context(restored(setting.bench, subject))


def _bare_restore(setting: Setting, subject: Subject) -> Subject:
    variables = {**production.common_variables(), **production.variables(subject.handler)}
    names = list(dict.fromkeys(value for name, value in variables.items() if name in production.SECRET_VARIABLES))
    does = {"BENCH_SECRETS": json.dumps(names), "BENCH_REQUEST": BASELINES[subject.name]}
    bare = setting.baseline("restore.handler", subject.event, status=200, fresh=subject.fresh, **does)
    return bare.named(f"{subject.name}: baseline, {len(names)} secret{'s' if len(names) > 1 else ''}")


async def init(setting: Setting) -> Section:
    """The initialization of every HTTP function, beside a plain application of as many routes and models."""
    rows: list[Row] = []
    for area, subject in setting.http.items():
        extent = plain.extent_of(area)
        folder = setting.folder / f"plain-{area}"
        handler = plain.write(extent, folder)
        bare = Subject(f"{area}: plain, {len(extent.methods)} routes, {extent.models} models", handler, folder, {})
        timings = await measure.starts(setting.bench, [bare, subject], init_ms, runs=setting.runs(_RUNS))
        rows += [
            Row(bare.name, timings[bare.name]),
            compare(area, timings[area], timings[bare.name], Target.INIT, of=area),
        ]
    return Section("Initialization without a snapshot", _INIT_TEXT, rows)


async def first_messages(setting: Setting) -> Section:
    """The first message of every worker, beside a bare worker with the same libraries."""
    rows: list[Row] = []
    for subject in workers.real(setting):
        libraries = setting.folder / f"{subject.name}-libraries.json"
        libraries.write_text(_libraries(setting, subject))
        bare = setting.baseline(f"workers.{subject.name}", fresh=subject.fresh, BENCH_LIBRARIES=str(libraries))
        timings = await measure.starts(setting.bench, [bare, subject], cold_start_ms, runs=setting.runs(_RUNS))
        base = timings[bare.name]
        rows += [
            Row(f"{subject.name}: baseline", base),
            compare(subject.name, timings[subject.name], base, Target.WORKER, of=subject.name),
        ]
    return Section("A worker's first message", _WORKER_TEXT, rows)


def _libraries(setting: Setting, subject: Subject) -> str:
    module = subject.handler.rpartition(".")[0]
    command: list[str | Path] = [setting.bench.interpreter, "-c", _LIST_LIBRARIES, module]
    environment = {"PATH": os.defpath, "PYTHONPATH": f"{subject.task_root}{os.pathsep}{setting.bench.layer}"}
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout
