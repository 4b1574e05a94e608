"""One execution environment: a process with AWS's runtime client, behind a Runtime API of its own."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from infra.local.processes import guarded
from infra.local.runner.runtime_api import Invocation, Outcome, RuntimeApi

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

LINE_LIMIT = 1024 * 1024
LATEST = "$LATEST"


@dataclass(frozen=True)
class FunctionConfig:
    """What it takes to run a function.

    Attributes:
        name: Logical id in the template.
        handler: Dotted path of the handler.
        timeout: Seconds an invocation may take.
        memory: Megabytes it would have; told, not enforced.
        environment: Its variables, as deployed.
        layers: Folders of the layers that it has beside the common one.
    """

    name: str
    handler: str
    timeout: int
    memory: int
    environment: Mapping[str, str]
    layers: tuple[str, ...] = ()

    @property
    def area(self) -> str:
        """Folder of the function below ``functions``."""
        return self.handler.split(".")[1]


@dataclass(frozen=True)
class Host:
    """What all workers of a runner share.

    Attributes:
        interpreter: Interpreter of the clean environment with AWS's runtime client.
        layer: The common layer's folder that stands for ``/opt/python``; other layers lie beside it.
        code: Returns the folder that stands for ``/var/task`` of an area.
        path_first: Folders searched before the layer: the live sources, or none.
        environment: Variables every function gets beside its own.
    """

    interpreter: Path
    layer: Path
    code: Callable[[str], Path]
    path_first: tuple[Path, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)


class Worker:
    """A running execution environment."""

    def __init__(self, config: FunctionConfig, host: Host, log: Callable[[str], None]) -> None:
        """Prepare a worker.

        Args:
            config: The function.
            host: What all workers share.
            log: Receives each line the function writes.
        """
        self._config = config
        self._host = host
        self._log = log
        self._api = RuntimeApi()
        self._process: asyncio.subprocess.Process | None = None
        self._exit: asyncio.Task[int] | None = None
        self._reader: asyncio.Task[None] | None = None

    @property
    def is_alive(self) -> bool:
        """True while its process runs."""
        return self._exit is not None and not self._exit.done()

    @property
    def pid(self) -> int | None:
        """Process id, once started."""
        return self._process.pid if self._process else None

    async def start(self) -> None:
        """Start the process; it loads the handler while nobody waits."""
        address = await self._api.open()
        task_root = self._host.code(self._config.area)
        self._process = await asyncio.create_subprocess_exec(
            *guarded([self._host.interpreter, "-m", "awslambdaric", self._config.handler]),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env=self._environment(task_root, address),
            cwd=task_root,
            limit=LINE_LIMIT,
        )
        self._exit = asyncio.create_task(self._process.wait())
        self._reader = asyncio.create_task(self._copy_output())

    async def invoke(self, invocation: Invocation) -> Outcome:
        """Run one invocation.

        Args:
            invocation: The event with its deadline.

        Returns:
            The function's answer, or how the platform ended it. A process that ran out of time is killed.
        """
        if self._exit is None:
            raise RuntimeError("The worker was not started.")
        answer = self._api.submit(invocation)
        left = invocation.deadline_ms / 1000 - time.time()
        ends: set[asyncio.Future[Any]] = {answer, self._exit}
        await asyncio.wait(ends, timeout=left, return_when=asyncio.FIRST_COMPLETED)
        if answer.done():
            return answer.result()
        if self._exit.done():
            return Outcome("exited", b"")
        self.kill()
        return Outcome("timed_out", b"")

    def kill(self) -> None:
        """End the process at once."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()

    async def stop(self) -> None:
        """End the process and close its Runtime API."""
        self.kill()
        if self._exit is not None:
            await self._exit
        if self._reader is not None:
            await self._reader
        self._api.close()

    async def _copy_output(self) -> None:
        """Hand every line the process writes to the log."""
        if self._process is None or self._process.stdout is None:
            return
        async for line in self._process.stdout:
            self._log(line.decode(errors="replace").rstrip("\r\n"))

    def _environment(self, task_root: Path, address: str) -> dict[str, str]:
        """Return the process's whole environment, shaped like Lambda's."""
        further = [self._host.layer.parents[1] / name / "python" for name in self._config.layers]
        path = [task_root, *self._host.path_first, self._host.layer, *further]
        name = self._config.name
        return {
            "PATH": os.defpath,
            "LANG": "C.UTF-8",
            "TZ": ":UTC",
            "PYTHONPATH": os.pathsep.join(map(str, path)),
            "PYTHONUNBUFFERED": "1",
            "AWS_LAMBDA_RUNTIME_API": address,
            "_HANDLER": self._config.handler,
            "LAMBDA_TASK_ROOT": str(task_root),
            "AWS_LAMBDA_FUNCTION_NAME": name,
            "AWS_LAMBDA_FUNCTION_VERSION": LATEST,
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(self._config.memory),
            "AWS_LAMBDA_LOG_GROUP_NAME": f"/gigsta/local/{name}",
            "AWS_LAMBDA_LOG_STREAM_NAME": "local",
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "POWERTOOLS_TRACE_DISABLED": "true",
            **self._config.environment,
            **self._host.environment,
        }
