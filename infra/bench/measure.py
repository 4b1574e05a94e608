"""The measurements themselves."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta

import httpx
from common.domain.scheduling.slot_cells import cells_between
from common.runtime.http import create_app

from functions.bookings.routes import router
from infra.bench.environments import Bench, Subject, running
from infra.bench.statistics import Timing, summarise
from infra.bench.tokens import access_token
from infra.bench.world import World, double, nth_start, store
from infra.ops.container import operating

Call = Callable[[], Awaitable[object]]
Start = Callable[[Bench, Subject], Awaitable[float]]
_HOUR_CELLS = 12
_TOKEN_LIFETIME = timedelta(minutes=14)


async def starts(bench: Bench, subjects: list[Subject], start: Start, *, runs: int) -> dict[str, Timing]:
    """Start every subject in turn, several times over; the first round only warms the file system.

    Args:
        bench: The environments.
        subjects: What is started.
        start: Starts one, and says how many milliseconds that took.
        runs: How often.
    """
    series: dict[str, list[float]] = {subject.name: [] for subject in subjects}
    for number in range(runs + 1):
        for subject in subjects:
            taken = await start(bench, subject)
            if number:
                series[subject.name].append(taken)
    return {name: summarise(values) for name, values in series.items()}


async def in_turn(candidates: Mapping[str, Call], *, runs: int, warmup: int) -> dict[str, Timing]:
    """Time several calls in turn (A B C A B C …), so that a drift of the machine's speed meets all alike."""
    for call in candidates.values():
        for _ in range(warmup):
            await call()
    series: dict[str, list[float]] = {name: [] for name in candidates}
    for _ in range(runs):
        for name, call in candidates.items():
            started = time.perf_counter()
            await call()
            series[name].append((time.perf_counter() - started) * 1000)
    return {name: summarise(values) for name, values in series.items()}


async def warm(bench: Bench, subjects: list[Subject], *, runs: int, warmup: int) -> dict[str, Timing]:
    """Keep one environment of each subject and call them in turn."""
    async with contextlib.AsyncExitStack() as stack:
        calls: dict[str, Call] = {}
        for subject in subjects:
            environment = await stack.enter_async_context(running(bench, subject))
            calls[subject.name] = _repeat(environment.invoke, subject)
        return await in_turn(calls, runs=runs, warmup=warmup)


def _repeat(invoke: Callable[..., Awaitable[object]], subject: Subject) -> Call:
    async def call() -> object:
        return await invoke(subject.next_event(), subject.expect_status)

    return call


async def race(world: World, attempts: int, slot_number: int) -> tuple[dict[int, int], float]:
    """Many people's simultaneous requests for one slot through the whole application.

    Returns:
        How often each status was answered, and the milliseconds that all of them took.
    """
    request = booking_request(world, slot_number)
    people, now = [double(world.user) for _ in range(attempts)], datetime.now(UTC)
    async with operating(world.environment) as container:
        await store(container, "users", *people)
        headers = [
            {"Authorization": f"Bearer {access_token(container, each, now, _TOKEN_LIFETIME)}"} for each in people
        ]
        transport = httpx.ASGITransport(app=create_app(router, service="bookings", container=container))
        async with httpx.AsyncClient(transport=transport, base_url="http://bench", timeout=60) as client:
            await client.get("/v1/bookings", headers=headers[0])
            started = time.perf_counter()
            tasks = [client.post("/v1/bookings", json=request, headers=each) for each in headers]
            answers = await asyncio.gather(*tasks)
            taken = (time.perf_counter() - started) * 1000
    counts: dict[int, int] = {}
    for answer in answers:
        counts[answer.status_code] = counts.get(answer.status_code, 0) + 1
    return counts, taken


def booking_request(world: World, number: int) -> dict[str, object]:
    """The body of a booking request for the number-th slot."""
    start = nth_start(number).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"service_id": world.service.id, "start_at": start, "address": "2 Queen Street, Auckland", "notes": ""}


def bare_request(world: World, number: int, booking_id: str) -> dict[str, object]:
    """The same request for the candidates that check nothing: the cells are named outright."""
    first = cells_between(nth_start(number), nth_start(number + 1))[0]
    return {
        "booking_id": booking_id,
        "customer_id": world.user.id,
        "service_id": world.service.id,
        "provider_id": world.provider.id,
        "cells": list(range(first, first + _HOUR_CELLS)),
    }
