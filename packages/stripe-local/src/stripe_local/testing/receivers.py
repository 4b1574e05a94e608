"""A receiver of webhooks on loopback."""

from __future__ import annotations

import asyncio
import socket
import threading
from typing import TYPE_CHECKING

import stripe
import uvicorn
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from stripe_local.testing.control import PATIENCE_SECONDS, wait_until

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from starlette.requests import Request

_HOST = "127.0.0.1"


class WebhookReceiver:
    """Takes webhooks on loopback, in a thread; runs inside `with` or `async with`.

    Args:
        port: 0 picks a free one.

    Attributes:
        status: What it answers; anything but 2xx makes the delivery be tried again.
        seen: Payload and `Stripe-Signature` of each call, in the order of arrival.
        url: Where it listens.
    """

    def __init__(self, port: int = 0) -> None:
        self.status = 200
        self.seen: list[tuple[bytes, str]] = []
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind((_HOST, port))
        self.port = int(self._socket.getsockname()[1])
        self.url = f"http://{_HOST}:{self.port}/hook"
        app = Starlette(routes=[Route("/hook", self._take, methods=["POST"])])
        self._server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off", ws="none"))
        self._thread = threading.Thread(target=self._serve, name="webhook-receiver", daemon=True)

    def events(self, secret: str) -> list[stripe.Event]:
        """What arrived, each verified by Stripe's own SDK.

        Args:
            secret: The endpoint's signing secret.

        Raises:
            stripe.SignatureVerificationError: A signature does not fit.
        """
        return [stripe.Webhook.construct_event(body, sign, secret) for body, sign in self.seen]

    def start(self) -> None:
        """Start and wait until it listens.

        Raises:
            TimeoutError: It does not come up.
        """
        self._thread.start()
        wait_until(lambda: self._server.started)

    def stop(self) -> None:
        """Stop and wait for the end."""
        self._server.should_exit = True
        self._thread.join(PATIENCE_SECONDS)

    def _serve(self) -> None:
        try:
            self._server.run(sockets=[self._socket])
        finally:
            self._socket.close()

    async def _take(self, request: Request) -> Response:
        self.seen.append((await request.body(), request.headers["stripe-signature"]))
        return Response(status_code=self.status)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    async def __aenter__(self) -> Self:
        await asyncio.to_thread(self.start)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.to_thread(self.stop)
