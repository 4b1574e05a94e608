"""The Lambda Runtime API, as one worker process sees it.

Protocol: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import h11

from infra.local.ports import LOOPBACK

if TYPE_CHECKING:
    from asyncio import StreamReader, StreamWriter

READ_BYTES = 65536
PREFIX = "/2018-06-01/runtime"


@dataclass(frozen=True)
class Invocation:
    """One event to hand to a function.

    Attributes:
        request_id: The invocation's id.
        payload: The event as JSON.
        function_arn: ARN the caller used.
        deadline_ms: End of the function's time, in milliseconds since the epoch.
        trace_id: X-Ray's trace header, which says whether the invocation is recorded; none by default.
    """

    request_id: str
    payload: bytes
    function_arn: str
    deadline_ms: int
    trace_id: str | None = None


@dataclass(frozen=True)
class Outcome:
    """How an invocation ended.

    Attributes:
        kind: ``response`` and ``error`` are the function's own words; the others are the platform's.
        payload: The function's answer or its error document, as JSON.
    """

    kind: Literal["response", "error", "init_error", "exited", "timed_out"]
    payload: bytes


class RuntimeApi:
    """A Runtime API for a single worker, which asks for one invocation at a time.

    Attributes:
        initialized: Set once the worker has loaded its handler.
        may_restore: A worker that was snapshotted waits for this after its initialization; set from the start.
    """

    def __init__(self) -> None:
        self.initialized = asyncio.Event()
        self.may_restore = asyncio.Event()
        self.may_restore.set()
        self._queue: asyncio.Queue[tuple[Invocation, asyncio.Future[Outcome]]] = asyncio.Queue()
        self._running: dict[str, asyncio.Future[Outcome]] = {}
        self._server: asyncio.Server | None = None
        self._init_error: Outcome | None = None
        self._connections: set[asyncio.Task[None]] = set()

    async def open(self) -> str:
        """Listen on a free loopback port.

        Returns:
            The value of ``AWS_LAMBDA_RUNTIME_API`` for the worker.
        """
        self._server = await asyncio.start_server(self._accept, LOOPBACK, 0)
        return f"{LOOPBACK}:{self._server.sockets[0].getsockname()[1]}"

    def close(self) -> None:
        """Stop listening, and end the connections that wait for an invocation."""
        if self._server is not None:
            self._server.close()
        for connection in self._connections:
            connection.cancel()

    def submit(self, invocation: Invocation) -> asyncio.Future[Outcome]:
        """Hand over an invocation.

        Args:
            invocation: The event with its deadline.

        Returns:
            A future with the function's answer.
        """
        future: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        if self._init_error is not None:
            future.set_result(self._init_error)
        else:
            self._queue.put_nowait((invocation, future))
        return future

    def _accept(self, reader: StreamReader, writer: StreamWriter) -> None:
        """Serve a connection in a task of its own, remembered until it ends."""
        task = asyncio.create_task(self._serve(reader, writer))
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)

    async def _serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        """Answer the requests of one connection."""
        connection = h11.Connection(h11.SERVER)
        with contextlib.suppress(ConnectionError, h11.RemoteProtocolError, asyncio.CancelledError):
            while request := await _read_request(connection, reader):
                target, body = request
                status, headers, answer = await self._answer(target, body)
                headers.append(("Content-Length", str(len(answer))))
                for event in (
                    h11.Response(status_code=status, headers=headers),
                    h11.Data(data=answer),
                    h11.EndOfMessage(),
                ):
                    writer.write(connection.send(event) or b"")
                await writer.drain()
                if connection.our_state is not h11.DONE or connection.their_state is not h11.DONE:
                    break
                connection.start_next_cycle()
        writer.close()

    async def _answer(self, target: str, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        """Act on one request of the runtime client."""
        if target == f"{PREFIX}/invocation/next":
            self.initialized.set()
            invocation, future = await self._queue.get()
            self._running[invocation.request_id] = future
            return 200, _headers(invocation), invocation.payload
        if target == f"{PREFIX}/restore/next":
            self.initialized.set()
            await self.may_restore.wait()
            return 200, [], b""
        if target in {f"{PREFIX}/init/error", f"{PREFIX}/restore/error"}:
            self._fail_init(Outcome("init_error", body))
            return 202, [], b""
        *_, request_id, kind = target.split("/")
        waiting = self._running.pop(request_id, None)
        if waiting is not None and not waiting.done():
            waiting.set_result(Outcome("response" if kind == "response" else "error", body))
        return 202, [], b""

    def _fail_init(self, outcome: Outcome) -> None:
        """End whatever waits, now that the handler's module does not load."""
        self._init_error = outcome
        while not self._queue.empty():
            _, future = self._queue.get_nowait()
            if not future.done():
                future.set_result(outcome)


async def _read_request(connection: h11.Connection, reader: StreamReader) -> tuple[str, bytes] | None:
    """Read one request; None at the connection's end."""
    target, body = "", bytearray()
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            connection.receive_data(await reader.read(READ_BYTES))
        elif isinstance(event, h11.Request):
            target = event.target.decode()
        elif isinstance(event, h11.Data):
            body += event.data
        elif isinstance(event, h11.EndOfMessage):
            return target, bytes(body)
        else:
            return None


def _headers(invocation: Invocation) -> list[tuple[str, str]]:
    """Return the headers that carry an invocation's context."""
    traced = [("Lambda-Runtime-Trace-Id", invocation.trace_id)] if invocation.trace_id else []
    return [
        *traced,
        ("Content-Type", "application/json"),
        ("Lambda-Runtime-Aws-Request-Id", invocation.request_id),
        ("Lambda-Runtime-Deadline-Ms", str(invocation.deadline_ms)),
        ("Lambda-Runtime-Invoked-Function-Arn", invocation.function_arn),
    ]
