"""A booking's later life: an action on it beside its baseline, and the sweep of ten thousand due ones."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from bson import json_util
from pymongo import MongoClient

from infra.bench import capture, measure, subjects
from infra.bench.environments import Subject, http_event, running
from infra.bench.results import Row, Section, compare
from infra.bench.targets import Target
from infra.bench.world import DATABASE

if TYPE_CHECKING:
    from infra.bench.environments import Environment
    from infra.bench.sections import Setting

_RUNS, _WARMUP, _DUE = 150, 10, 10_000
_INSERTED_AT_ONCE = 1_000
_BYTES_PER_MB = 1024 * 1024
_PAGE = 4096
_TEXT = (
    "`POST /v1/bookings/{id}/actions/accept` by the provider. The baseline makes the same reads and writes the same "
    "booking, audit row and event in one transaction; only ours checks token and guards, and publishes its event."
)


async def acting(setting: Setting) -> Section:
    """One action beside the same writes by the bare driver."""
    ours = next(each for each in setting.http if each.name == "bookings")
    needed = 2 * (setting.runs(_RUNS) + _WARMUP) + 1
    waiting = iter(_copies(setting, needed, accept_in=timedelta(days=1)))
    async with running(setting.bench, ours) as mine:
        first = next(waiting)
        await mine.invoke(_accept(setting, first), 200)
        documents = setting.folder / "accepted.json"
        written = capture.documents_of(setting.servers.mongodb_uri, DATABASE, first)
        documents.write_text(json_util.dumps(written))
        bare = subjects.baseline(setting.baselines, "act", {}, BENCH_DOCUMENTS=str(documents))
        async with running(setting.bench, bare) as baseline:
            timings = await measure.in_turn(
                {
                    "baseline": lambda: baseline.invoke(_bare(setting, next(waiting))),
                    "GigSta": lambda: mine.invoke(_accept(setting, next(waiting)), 200),
                },
                runs=setting.runs(_RUNS),
                warmup=_WARMUP,
            )
    base = timings["baseline"]
    rows = [Row("baseline", base), compare("GigSta", timings["GigSta"], base, Target.ACT)]
    return Section("Acting on a booking", _TEXT, rows)


async def sweeping(setting: Setting) -> dict[str, str]:
    """Let the answer to many requests be overdue, and sweep them with the function itself.

    Returns:
        A fact of the run: how long it took, and the memory that the function held.
    """
    number = setting.runs(_DUE)
    _copies(setting, number, accept_in=timedelta(seconds=-1))
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


def _copies(setting: Setting, number: int, *, accept_in: timedelta) -> list[str]:
    """Store copies of the first booking that wait for the provider's answer; returns their ids."""
    deadline = datetime.now(UTC) + accept_in
    waiting = {
        "version": 2, "status": "requested", "payment": "authorized", "accept_by": deadline, "awaiting": ["provider"],
        "hold_expires_at": None, "next_due_at": deadline, "next_due_action": "expire", "claim_id": None,
    }  # fmt: skip
    ids = [f"bkg_{uuid4().hex}" for _ in range(number)]
    with MongoClient[dict[str, Any]](setting.servers.mongodb_uri, tz_aware=True) as client:
        bookings = client[DATABASE]["bookings"]
        pattern = bookings.find_one({"_id": setting.booking_id}) or {}
        for start in range(0, number, _INSERTED_AT_ONCE):
            rows = []
            for booking_id in ids[start : start + _INSERTED_AT_ONCE]:
                details = {**pattern["payment_details"], "payment_intent_id": None}
                charge = {**pattern["charges"][0], "payment_intent_id": f"pi_{uuid4().hex}"}
                rows.append({**pattern, **waiting, "_id": booking_id, "payment_details": details, "charges": [charge]})
            bookings.insert_many(rows)
    return ids


def _accept(setting: Setting, booking_id: str) -> dict[str, Any]:
    path = f"/v1/bookings/{booking_id}/actions/accept"
    return http_event("POST", path, token=setting.world.provider_token, body={})


def _bare(setting: Setting, booking_id: str) -> dict[str, Any]:
    body = {"caller_id": setting.world.provider.user_id, "booking_id": booking_id}
    return http_event("POST", f"/v1/bookings/{booking_id}/actions/accept", body=body)


def _megabytes(environment: Environment) -> float:
    """The memory that the function's process has resident."""
    pages = int(Path(f"/proc/{environment.pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * _PAGE / _BYTES_PER_MB
