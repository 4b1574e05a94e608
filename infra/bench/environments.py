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
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from infra.local.runner.runtime_api import Invocation, Outcome, RuntimeApi

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping
    from pathlib import Path

PATIENCE_SECONDS = 30.0
_ARN = "arn:aws:lambda:ap-southeast-2:000000000000:function:bench"


class BenchmarkError(RuntimeError):
    """A subject did not answer as it should; a figure from it would mean nothing."""


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

    def next_event(self) -> Mapping[str, Any]:
        """The event of the next invocation."""
        return self.fresh() if self.fresh else self.event


@dataclass(frozen=True)
class Bench:
    """What all subjects share.

    Attributes:
        interpreter: Python of the clean environment with the runtime client.
        layer: Folder that stands for ``/opt/python``.
        environment: Variables of every function.
    """

    interpreter: Path
    layer: Path
    environment: Mapping[str, str]

    def variables(self, subject: Subject, address: str) -> dict[str, str]:
        """The subject's whole environment."""
        return {
            "PATH": os.defpath,
            "LANG": "C.UTF-8",
            "TZ": ":UTC",
            "PYTHONPATH": os.pathsep.join((str(subject.task_root), str(self.layer))),
            "AWS_LAMBDA_RUNTIME_API": address,
            "_HANDLER": subject.handler,
            "LAMBDA_TASK_ROOT": str(subject.task_root),
            "AWS_LAMBDA_FUNCTION_NAME": "bench",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1024",
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "POWERTOOLS_TRACE_DISABLED": "true",
            **self.environment,
            **dict(subject.extra_environment),
        }


class Environment:
    """One running process of a subject."""

    def __init__(self, process: asyncio.subprocess.Process, api: RuntimeApi) -> None:
        self._process = process
        self._api = api

    @property
    def pid(self) -> int:
        """The process."""
        return self._process.pid

    async def invoke(self, event: Mapping[str, Any], expect_status: int | None = None) -> Any:
        """Hand over one event and wait for the answer.

        Args:
            event: The event.
            expect_status: Status the answer must have.

        Raises:
            BenchmarkError: The function failed, ended, took too long or answered with another status.
        """
        deadline = int((time.time() + PATIENCE_SECONDS) * 1000)
        invocation = Invocation(str(uuid.uuid4()), json.dumps(event).encode(), _ARN, deadline)
        outcome = await self._outcome(invocation)
        answer = json.loads(outcome.payload or b"null")
        if outcome.kind != "response":
            raise BenchmarkError(f"the function failed: {answer}")
        if isinstance(answer, dict) and answer.get("batchItemFailures"):
            raise BenchmarkError(f"the worker gave messages back: {answer}")
        if expect_status is not None and answer["statusCode"] != expect_status:
            raise BenchmarkError(f"{event['rawPath']} answered {answer['statusCode']}: {answer.get('body', '')[:300]}")
        return answer

    async def _outcome(self, invocation: Invocation) -> Outcome:
        waiting = self._api.submit(invocation)
        ended = asyncio.ensure_future(self._process.wait())
        either: set[asyncio.Future[Any]] = {waiting, ended}
        await asyncio.wait(either, timeout=PATIENCE_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        if not waiting.done():
            raise BenchmarkError("the function's process ended or hung before it answered")
        ended.cancel()
        return waiting.result()


@contextlib.asynccontextmanager
async def running(bench: Bench, subject: Subject) -> AsyncIterator[Environment]:
    """Start a subject's process; it ends with the context."""
    api = RuntimeApi()
    address = await api.open()
    process = await asyncio.create_subprocess_exec(
        str(bench.interpreter), "-m", "awslambdaric", subject.handler,
        env=bench.variables(subject, address), cwd=subject.task_root,
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield Environment(process, api)
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
