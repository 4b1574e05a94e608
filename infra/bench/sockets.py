"""What a message meets on its way to a socket: a queue, the worker that reads it, and sockets that take every frame."""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import boto3

from infra.bench.environments import Subject
from infra.local.ministack import server as ministack
from infra.local.ports import LOOPBACK

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from infra.bench.setting import Setting

PATIENCE_SECONDS = 30.0
#: The ids of connections that are waited for begin so.
READER = "bench-reader"


def delivering(setting: Setting) -> Subject:
    """The worker that brings events to sockets."""
    return Subject("worker", "functions.messaging.realtime_queue.handler", setting.functions / "messaging", {})


class Queue:
    """A queue of one's own, read as the service does that calls a worker."""

    def __init__(self, aws_url: str, name: str) -> None:
        self._client = boto3.client("sqs", **ministack.client_settings(aws_url))
        self.url = self._client.create_queue(QueueName=name)["QueueUrl"]

    async def next_event(self) -> dict[str, Any]:
        """What a worker is called with for the next message, as soon as that is there."""
        body = await asyncio.to_thread(self._receive)
        return {"Records": [{"messageId": uuid4().hex, "body": body}]}

    def _receive(self) -> str:
        ends = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < ends:
            for message in self._client.receive_message(QueueUrl=self.url).get("Messages", []):
                self._client.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])
                return str(message["Body"])
        raise TimeoutError("no message came")


@dataclass(frozen=True)
class Sockets:
    """A server that takes every frame.

    Attributes:
        variables: What functions are told of it.
        written: Set whenever the reader's socket gets a frame.
    """

    variables: dict[str, str]
    written: asyncio.Event


@contextlib.asynccontextmanager
async def taking() -> AsyncIterator[Sockets]:
    """Run the server."""
    written = asyncio.Event()

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
                length = head.partition(b"content-length:")[2].partition(b"\r\n")[0]
                await reader.readexactly(int(length or 0))
                if READER.encode() in head.partition(b"\r\n")[0]:
                    written.set()
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(take, LOOPBACK, 0)
    async with server:
        address = f"http://{LOOPBACK}:{server.sockets[0].getsockname()[1]}"
        variables = {"REALTIME_CONNECTIONS_URL": address, "BENCH_SOCKETS": address, "BENCH_CONNECTION": READER}
        yield Sockets(variables, written)
