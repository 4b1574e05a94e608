"""Circuit breakers: exactly one call tries, however many wait; failures are counted in a window without edges."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
import time_machine
from common.adapters.clock import SystemClock
from common.adapters.mongo.shared.breakers import MongoBreakers
from common.domain.shared.errors import OutOfTime, Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from common.runtime.container.bootstrap import Container

THRESHOLD, WINDOW, REST, PROBE = 5, 120.0, 60.0, 15.0
CALLERS = 30


class BrokenError(Exception):
    """What the guarded block fails with."""


@pytest.fixture
def traveller() -> Iterator[time_machine.Traveller]:
    with time_machine.travel("2026-11-21T00:00:00Z", tick=False) as made:
        yield made


def _break() -> None:
    raise BrokenError


class Calls:
    """Calls of many instances under one breaker."""

    def __init__(self, container: Container, name: str) -> None:
        self._container, self._name = container, name
        self.decided: asyncio.Queue[str] = asyncio.Queue()

    def breakers(self) -> MongoBreakers:
        """An instance of its own."""
        bounds = {"window_seconds": WINDOW, "rest_seconds": REST, "probe_seconds": PROBE}
        return MongoBreakers(self._container.mongo, SystemClock(), threshold=THRESHOLD, **bounds)

    async def call(self, *, fails: bool = False, gate: asyncio.Event | None = None) -> str:
        try:
            async with self.breakers().guard(self._name):
                self.decided.put_nowait("passed")
                if gate is not None:
                    await gate.wait()
                if fails:
                    _break()
        except BrokenError:
            return "failed"
        except Unavailable:
            self.decided.put_nowait("refused")
            return "refused"
        return "done"

    async def fail(self, times: int = 1) -> None:
        for _ in range(times):
            await self.call(fails=True)

    async def at_once(self, *, fails: bool) -> list[str]:
        """Many calls, none of which ends before all have been let through or refused."""
        gate = asyncio.Event()
        self.decided = asyncio.Queue()
        tasks = [asyncio.create_task(self.call(fails=fails, gate=gate)) for _ in range(CALLERS)]
        for _ in tasks:
            await self.decided.get()
        gate.set()
        return [await task for task in tasks]


@pytest.fixture
def calls(container: Container, request: pytest.FixtureRequest) -> Calls:
    return Calls(container, request.node.name)


async def test_an_open_breaker_lets_nobody_through(calls: Calls, traveller: time_machine.Traveller) -> None:
    del traveller
    await calls.fail(THRESHOLD)
    assert await calls.at_once(fails=False) == ["refused"] * CALLERS


@pytest.mark.parametrize("fails", [True, False])
async def test_of_many_that_wait_exactly_one_tries(
    calls: Calls, traveller: time_machine.Traveller, fails: bool
) -> None:
    await calls.fail(THRESHOLD)
    traveller.shift(REST)
    assert sorted(await calls.at_once(fails=fails)) == ["failed" if fails else "done"] + ["refused"] * (CALLERS - 1)
    after = await calls.at_once(fails=False)
    assert after == (["refused"] if fails else ["done"]) * CALLERS


async def test_a_failed_try_opens_it_for_another_rest(calls: Calls, traveller: time_machine.Traveller) -> None:
    await calls.fail(THRESHOLD)
    traveller.shift(REST)
    assert await calls.call(fails=True) == "failed"
    traveller.shift(REST - 1)
    assert await calls.call() == "refused"
    traveller.shift(1)
    assert await calls.call() == "done"


async def test_the_window_slides(calls: Calls, traveller: time_machine.Traveller) -> None:
    await calls.fail()
    traveller.shift(WINDOW - 2)
    await calls.fail(THRESHOLD - 2)
    traveller.shift(3)
    await calls.fail()
    assert await calls.call() == "done", "the first failure was too long ago"
    await calls.fail()
    assert await calls.call() == "refused", "five within three seconds, whatever came before"


async def test_failures_far_apart_open_nothing_and_leave_no_trace_that_grows(
    calls: Calls, traveller: time_machine.Traveller, container: Container
) -> None:
    for _ in range(20):
        await calls.fail()
        traveller.shift(WINDOW / (THRESHOLD - 1) + 1)
    assert await calls.call() == "done"
    rows = await container.mongo.collection("breakers").find({}).to_list()
    assert max(len(row["failures"]) for row in rows) <= THRESHOLD


async def test_a_try_whose_process_died_lets_another_try(calls: Calls, traveller: time_machine.Traveller) -> None:
    await calls.fail(THRESHOLD)
    traveller.shift(REST)
    gate = asyncio.Event()
    calls.decided = asyncio.Queue()
    dead = asyncio.create_task(calls.call(gate=gate))
    assert await calls.decided.get() == "passed"
    dead.cancel()
    assert await calls.call() == "refused"
    traveller.shift(PROBE + 1)
    assert await calls.call() == "done"


async def test_a_call_that_had_no_time_says_nothing_about_who_was_asked(
    calls: Calls, traveller: time_machine.Traveller
) -> None:
    async def starve() -> None:
        with pytest.raises(OutOfTime):
            async with calls.breakers().guard(calls._name):
                raise OutOfTime

    for _ in range(THRESHOLD):
        await starve()
    assert await calls.call() == "done"
    await calls.fail(THRESHOLD)
    traveller.shift(REST)
    await starve()
    assert await calls.call() == "done", "the try was given back"


async def test_many_first_failures_at_once_are_all_counted(calls: Calls, traveller: time_machine.Traveller) -> None:
    del traveller
    assert await calls.at_once(fails=True) == ["failed"] * CALLERS
    assert await calls.call() == "refused"


@pytest.mark.parametrize(("shift", "wait"), [(0.0, 60), (20.5, 40), (59.9, 1)], ids=["at once", "later", "just before"])
async def test_who_is_refused_is_told_when_a_call_may_try(
    calls: Calls, traveller: time_machine.Traveller, shift: float, wait: int
) -> None:
    await calls.fail(THRESHOLD)
    traveller.shift(shift)
    with pytest.raises(Unavailable) as refused:
        async with calls.breakers().guard(calls._name):
            pass
    assert refused.value.retry_after == wait


async def test_a_row_of_an_earlier_release_is_taken_over(
    calls: Calls, container: Container, traveller: time_machine.Traveller
) -> None:
    del traveller
    row = {"_id": calls._name, "state": "closed", "failures": 2, "opened_at": None, "threshold": 3, "ttl": 30}
    await container.mongo.collection("breakers").insert_one(row)
    await calls.fail(THRESHOLD - 1)
    assert await calls.call() == "done"
    await calls.fail()
    assert await calls.call() == "refused"
