"""A relay in front of a server, which notes when it was asked and when it answered."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from infra.bench.trips import Command
from infra.local.ports import LOOPBACK

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

_BYTES = 65536


class Recorder:
    """The calls that went through a relay.

    Args:
        name: Of the server, as the calls are called.
        url: The server's address.
    """

    def __init__(self, name: str, url: str) -> None:
        self.calls: list[Command] = []
        self.url = ""
        self._name = name
        self._port = urlsplit(url).port

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Relay until the context ends; ``url`` is where."""
        server = await asyncio.start_server(self._relay, LOOPBACK, 0)
        self.url = f"http://{LOOPBACK}:{server.sockets[0].getsockname()[1]}"
        try:
            yield
        finally:
            server.close()

    async def _relay(self, client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        """Pass bytes on both ways; a call lasts from the first byte of a request to the last one of its answer."""
        server, to_server = await asyncio.open_connection(LOOPBACK, self._port)
        asked: list[float] = []

        async def answers() -> None:
            while data := await server.read(_BYTES):
                to_client.write(data)
                now = time.monotonic()
                if asked:
                    self.calls.append(Command(self._name, "", asked.pop(), now))
                elif self.calls:
                    self.calls[-1] = self.calls[-1]._replace(ended=now)
            to_client.close()

        answering = asyncio.create_task(answers())
        with contextlib.suppress(ConnectionError, asyncio.CancelledError):
            while data := await client.read(_BYTES):
                if not asked:
                    asked.append(time.monotonic())
                to_server.write(data)
        to_server.close()
        await answering
