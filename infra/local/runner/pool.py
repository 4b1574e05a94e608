"""The workers of one function: as many as are needed at once up to a cap, reused while their code is current."""

from __future__ import annotations

import asyncio
import time
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from infra.local.runner.runtime_api import Invocation, Outcome
from infra.local.runner.worker import FunctionConfig, Host, Worker

if TYPE_CHECKING:
    from collections.abc import Callable

# Lambda gives a function ten seconds to load before its own time counts:
# https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
INIT_SECONDS = 10
IDLE_SECONDS = 600.0


@dataclass
class Counters:
    """What happened in a pool so far.

    Attributes:
        invocations: Finished invocations.
        failures: Those of them that did not end in an answer.
        cold_starts: Workers started.
        last_ms: Duration of the last invocation in milliseconds.
    """

    invocations: int = 0
    failures: int = 0
    cold_starts: int = 0
    last_ms: int = 0


class Pool:
    """All workers of one function."""

    def __init__(self, config: FunctionConfig, host: Host, log: Callable[[str], None], cap: int) -> None:
        """Make an empty pool.

        Args:
            config: The function.
            host: What all workers share.
            log: Receives each line the function writes.
            cap: Most workers at once; further invocations wait for one.
        """
        self.config = config
        self.counters = Counters()
        self._host = host
        self._log = log
        self._places = asyncio.Semaphore(cap)
        self._idle: list[tuple[Worker, float]] = []
        self._busy: set[Worker] = set()
        self._generation = 0
        self._crash_after: float | None = None

    @property
    def workers(self) -> int:
        """How many workers there are."""
        return len(self._idle) + len(self._busy)

    def crash_next(self, after_seconds: float) -> None:
        """Kill the worker of the next invocation in the midst of it, to show what a crash does.

        Args:
            after_seconds: Time from handing over the event to the kill.
        """
        self._crash_after = after_seconds

    async def invoke(self, payload: bytes, function_arn: str) -> Outcome:
        """Run one invocation on an idle worker, or on a new one.

        Args:
            payload: The event as JSON.
            function_arn: ARN the caller used.

        Returns:
            How it ended.
        """
        async with self._places:
            generation = self._generation
            worker, extra = await self._take()
            self._busy.add(worker)
            started = time.monotonic()
            deadline = time.time() + self.config.timeout + extra
            crash = self._arm_crash(worker)
            invocation = Invocation(str(uuid.uuid4()), payload, function_arn, int(deadline * 1000))
            try:
                outcome = await worker.invoke(invocation)
            finally:
                if crash is not None:
                    crash.cancel()
                self._busy.discard(worker)
            self._note(outcome, started)
            if worker.is_alive and generation == self._generation and outcome.kind in {"response", "error"}:
                self._idle.append((worker, time.monotonic()))
            else:
                await worker.stop()
            return outcome

    async def reload(self) -> None:
        """Let go of every worker; the busy ones go when they have answered. Start a fresh one if there were any."""
        self._generation += 1
        idle, self._idle = self._idle, []
        for worker, _ in idle:
            await worker.stop()
        if idle or self._busy:
            await self.warm()

    async def warm(self) -> None:
        """Start one idle worker."""
        self._idle.append((await self._new(), time.monotonic()))

    async def reap(self) -> None:
        """Let go of workers idle for long."""
        now = time.monotonic()
        old = [worker for worker, since in self._idle if now - since > IDLE_SECONDS]
        self._idle = [(worker, since) for worker, since in self._idle if now - since <= IDLE_SECONDS]
        for worker in old:
            await worker.stop()

    async def close(self) -> None:
        """Kill every worker."""
        self._generation += 1
        idle, self._idle = self._idle, []
        for worker in [*(worker for worker, _ in idle), *self._busy]:
            await worker.stop()

    async def _take(self) -> tuple[Worker, int]:
        """Return a worker and the seconds it may need to load."""
        while self._idle:
            worker, _ = self._idle.pop()
            if worker.is_alive:
                return worker, 0
            await worker.stop()
        return await self._new(), INIT_SECONDS

    async def _new(self) -> Worker:
        """Start a worker."""
        worker = Worker(self.config, self._host, self._log)
        await worker.start()
        self.counters.cold_starts += 1
        return worker

    def _arm_crash(self, worker: Worker) -> asyncio.TimerHandle | None:
        """Schedule the kill that ``crash_next`` asked for."""
        if self._crash_after is None:
            return None
        delay, self._crash_after = self._crash_after, None
        return asyncio.get_running_loop().call_later(delay, worker.kill)

    def _note(self, outcome: Outcome, started: float) -> None:
        """Count an invocation."""
        self.counters.invocations += 1
        self.counters.failures += outcome.kind != "response"
        self.counters.last_ms = round((time.monotonic() - started) * 1000)
