"""Pass WebSockets on to the deployed WebSocket API, both ways, with close codes."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from starlette.websockets import WebSocket, WebSocketDisconnect
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

if TYPE_CHECKING:
    from infra.local.info import CloudInfo

# API Gateway's longest message: longer ones end the connection.
# https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
MAX_BYTES = 128 * 1024
REFUSED, GOING_AWAY, BROKEN, TOO_BIG, LOST = 1008, 1001, 1011, 1009, 1006


class Bridge:
    """Connects clients to MiniStack's WebSocket API."""

    def __init__(self, info: CloudInfo) -> None:
        """Prepare the address.

        Args:
            info: The running cloud.
        """
        address = info.aws_url.replace("http", "ws", 1)
        self._target = f"{address}/_aws/execute-api/{info.outputs['RealtimeApiId']}/live"
        #: How many connections are open now.
        self.open = 0

    async def forward(self, browser: WebSocket) -> None:
        """Carry one connection; who is refused gets 403 for an answer.

        Args:
            browser: The client's side.
        """
        address = f"{self._target}?{browser.url.query}"
        try:
            api = await connect(address, compression=None, max_size=None, ping_interval=None, proxy=None)
        except (InvalidHandshake, OSError):
            await browser.close(REFUSED)
            return
        await browser.accept()
        self.open += 1
        down = asyncio.create_task(_down(api, browser))
        try:
            await _up(browser, api)
        finally:
            self.open -= 1
            await api.close()
            await down


async def _up(browser: WebSocket, api: ClientConnection) -> None:
    """Carry what the client sends, until either side ends."""
    with contextlib.suppress(WebSocketDisconnect, ConnectionClosed):
        while True:
            frame = await browser.receive_text()
            if len(frame.encode()) > MAX_BYTES:
                await browser.close(TOO_BIG)
                return
            await api.send(frame)


async def _down(api: ClientConnection, browser: WebSocket) -> None:
    """Carry what the API sends, and its end."""
    with contextlib.suppress(ConnectionClosed, WebSocketDisconnect):
        async for frame in api:
            await browser.send_text(str(frame))
    code = api.close_code or GOING_AWAY
    with contextlib.suppress(RuntimeError, WebSocketDisconnect):
        await browser.close(BROKEN if code == LOST else code)
