"""Execution environments under measurement: AWS's own runtime client on the built artifacts, with nothing in between.

The local cloud's runner wraps its processes so that they die with it; that wrapper is left out here, because it would
add to every cold start, the baseline's above all, and so flatter the ratios.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import time
import uuid
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from infra.bench import production
from infra.bench.production import Sampling
from infra.local.runner.runtime_api import Invocation, Outcome, RuntimeApi

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
    from pathlib import Path

PATIENCE_SECONDS = 30.0
#: For loading a function's modules; Lambda itself gives ten.
_LOADING_SECONDS = 60.0
ON_DEMAND, SNAP_START = "on-demand", "snap-start"
_COUNTING = "infra.bench.baselines.counting.handler"
_ARN = "arn:aws:lambda:ap-southeast-2:000000000000:function:bench"


class BenchmarkError(RuntimeError):
    """A subject did not answer as it should; a figure from it would mean nothing."""


class PutBackError(BenchmarkError):
    """A worker gave messages of its batch back.

    Args:
        answer: Its partial batch response.
    """

    def __init__(self, answer: Mapping[str, Any]) -> None:
        super().__init__(f"the worker gave messages back: {answer}")
        self.ids = {each["itemIdentifier"] for each in answer["batchItemFailures"]}


@dataclass(frozen=True)
class Subject:
    """A handler to be measured.

    Attributes:
        name: As it stands in the tables.
        handler: Dotted path.
        task_root: Folder that stands for ``/var/task``.
        event: What it is invoked with.
        expect_status: Status of its answer, where it answers HTTP.
        extra_environment: Variables besides the common ones.
        fresh: Makes an event that has not been sent before, and what it needs; ``event`` serves where it is ``None``.
    """

    name: str
    handler: str
    task_root: Path
    event: Mapping[str, Any]
    expect_status: int | None = None
    extra_environment: tuple[tuple[str, str], ...] = ()
    fresh: Callable[[], Mapping[str, Any]] | None = None

    def named(self, name: str) -> Subject:
        """The same under another name."""
        return replace(self, name=name)

    def sending(self, fresh: Callable[[], Mapping[str, Any]], status: int) -> Subject:
        """The same with events that are made one by one, and the status of their answers."""
        return replace(self, fresh=fresh, expect_status=status)

    def asking(self, event: Mapping[str, Any]) -> Subject:
        """The same with another event."""
        return replace(self, event=event, fresh=None)

    def with_environment(self, **variables: str) -> Subject:
        """The same with more variables."""
        return replace(self, extra_environment=(*self.extra_environment, *variables.items()))

    def next_event(self) -> Mapping[str, Any]:
        """The event of the next invocation."""
        return self.fresh() if self.fresh else self.event


@dataclass(frozen=True)
class Bench:
    """What all subjects share.

    Attributes:
        interpreter: Python of the clean environment with the runtime client.
        layer: Folder that stands for ``/opt/python``.
        ours: Variables of every function of ours, as in production: secrets by name.
        others: Variables of baselines, which have their secrets at hand.
        baselines: Folder of the compiled baselines.
        log: What all processes print.
    """

    interpreter: Path
    layer: Path
    ours: Mapping[str, str]
    others: Mapping[str, str]
    baselines: Path
    log: Path

    def variables(self, subject: Subject, address: str) -> dict[str, str]:
        """The subject's whole environment."""
        is_ours = subject.handler.startswith("functions.")
        return {
            "PATH": os.defpath,
            "LANG": "C.UTF-8",
            "TZ": ":UTC",
            "PYTHONPATH": os.pathsep.join(map(str, (subject.task_root, self.layer))),
            "AWS_LAMBDA_RUNTIME_API": address,
            "_HANDLER": subject.handler,
            "LAMBDA_TASK_ROOT": str(subject.task_root),
            "AWS_LAMBDA_FUNCTION_NAME": "bench",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1024",
            "AWS_LAMBDA_INITIALIZATION_TYPE": ON_DEMAND,
            "AWS_XRAY_DAEMON_ADDRESS": "127.0.0.1:2000",
            **({**self.ours, **production.variables(subject.handler)} if is_ours else self.others),
            **dict(subject.extra_environment),
        }


class Environment:
    """One running process of a subject."""

    def __init__(self, name: str, process: asyncio.subprocess.Process, api: RuntimeApi) -> None:
        self._name = name
        self._process = process
        self._api = api
        self._sampling = Sampling()

    @property
    def pid(self) -> int:
        """The process."""
        return self._process.pid

    async def loaded(self) -> None:
        """Wait until its modules are loaded and it asks for its first event.

        Raises:
            BenchmarkError: It ended before, or took too long.
        """
        waiting = asyncio.ensure_future(self._api.initialized.wait())
        if not await self._is_done(waiting, _LOADING_SECONDS):
            waiting.cancel()
            raise BenchmarkError(f"{self._name} did not load")

    async def invoke(self, event: Mapping[str, Any], expect_status: int | None = None) -> Any:
        """Hand over one event and wait for the answer.

        Args:
            event: The event.
            expect_status: Status the answer must have.

        Raises:
            BenchmarkError: The function failed, ended, took too long or answered with another status.
            PutBackError: A worker gave messages back.
        """
        deadline = int((time.time() + PATIENCE_SECONDS) * 1000)
        invocation = Invocation(str(uuid.uuid4()), json.dumps(event).encode(), _ARN, deadline, self._sampling.header())
        outcome = await self._outcome(invocation)
        answer = json.loads(outcome.payload or b"null")
        if outcome.kind != "response":
            raise BenchmarkError(f"the function failed: {answer}")
        if isinstance(answer, dict) and answer.get("batchItemFailures"):
            raise PutBackError(answer)
        if expect_status is not None and answer["statusCode"] != expect_status:
            raise BenchmarkError(f"{event['rawPath']} answered {answer['statusCode']}: {answer.get('body', '')[:300]}")
        return answer

    async def _outcome(self, invocation: Invocation) -> Outcome:
        waiting = self._api.submit(invocation)
        if not await self._is_done(waiting, PATIENCE_SECONDS):
            raise BenchmarkError("the function's process ended or hung before it answered")
        return waiting.result()

    async def _is_done(self, waiting: asyncio.Future[Any], seconds: float) -> bool:
        """Wait for something, while the process runs and no longer than so long."""
        ended = asyncio.ensure_future(self._process.wait())
        either: set[asyncio.Future[Any]] = {waiting, ended}
        await asyncio.wait(either, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        ended.cancel()
        return waiting.done()


@contextlib.asynccontextmanager
async def running(
    bench: Bench, subject: Subject, *, counts: Path | None = None, api: RuntimeApi | None = None
) -> AsyncIterator[Environment]:
    """Start a subject's process; it ends with the context.

    Args:
        bench: What all share.
        subject: What to run.
        counts: A file for when its commands to the database were sent and answered; they are not watched without one.
        api: Hands it its events; one of its own by default.
    """
    api = api or RuntimeApi()
    address = await api.open()
    environment, handler = bench.variables(subject, address), subject.handler
    if counts is not None:
        environment |= {"BENCH_HANDLER": handler, "BENCH_COUNTS": str(counts), "_HANDLER": _COUNTING}
        environment["PYTHONPATH"] += f"{os.pathsep}{bench.baselines}"
        handler = _COUNTING
    with bench.log.open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            str(bench.interpreter), "-m", "awslambdaric", handler, env=environment, cwd=subject.task_root,
            stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log,
        )  # fmt: skip
    try:
        yield Environment(subject.name, process, api)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        api.close()


async def cold_start_ms(bench: Bench, subject: Subject) -> float:
    """Milliseconds from the start of the process to its first answer."""
    event = subject.next_event()
    started = time.perf_counter()
    async with running(bench, subject) as environment:
        await environment.invoke(event, subject.expect_status)
        return (time.perf_counter() - started) * 1000


async def init_ms(bench: Bench, subject: Subject) -> float:
    """Milliseconds from the start of the process until it asks for its first event; without a snapshot."""
    started = time.perf_counter()
    async with running(bench, subject) as environment:
        await environment.loaded()
        return (time.perf_counter() - started) * 1000


@contextlib.asynccontextmanager
async def restored(bench: Bench, subject: Subject) -> AsyncIterator[Callable[[], Awaitable[float]]]:
    """A process that has initialized for a snapshot, which stands for the snapshot.

    Yields:
        What restores it, once: returns the milliseconds of its hook and of its first answer together.
    """
    api = RuntimeApi()
    api.may_restore.clear()
    snapped = subject.with_environment(AWS_LAMBDA_INITIALIZATION_TYPE=SNAP_START)
    async with running(bench, snapped, api=api) as environment:
        await environment.loaded()

        async def restore() -> float:
            event = subject.next_event()
            started = time.perf_counter()
            api.may_restore.set()
            await environment.invoke(event, subject.expect_status)
            return (time.perf_counter() - started) * 1000

        yield restore


def http_event(
    method: str, path: str, *, token: str | None = None, body: Any = None, headers: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """An event of API Gateway's payload format 2.0.

    Format: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
    """
    path, _, query = path.partition("?")
    sent = {"host": "api.example.com", "content-type": "application/json", **(headers or {})}
    if token:
        sent["authorization"] = f"Bearer {token}"
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        "headers": sent,
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "bench",
            "domainName": "api.example.com",
            "http": {
                "method": method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "203.0.113.9",
                "userAgent": "bench",
            },
            "requestId": str(uuid.uuid4()),
            "routeKey": "$default",
            "stage": "$default",
            "timeEpoch": int(time.time() * 1000),
        },
        **({"body": json.dumps(body)} if body is not None else {}),
        "isBase64Encoded": False,
    }
