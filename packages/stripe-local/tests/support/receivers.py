"""A receiver of webhooks on loopback."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import stripe
import uvicorn
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from stripe_local.testing import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request


@dataclass
class Receiver:
    """Takes webhooks on loopback.

    Args:
        status: What it answers.
        seen: Payload and signature of each call.
    """

    status: int = 200
    port: int = 0
    seen: list[tuple[bytes, str]] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}/hook"

    async def take(self, request: Request) -> Response:
        """Note one call."""
        self.seen.append((await request.body(), request.headers["stripe-signature"]))
        return Response(status_code=self.status)

    def events(self, secret: str) -> list[stripe.Event]:
        """What arrived, each verified by Stripe's own SDK."""
        return [stripe.Webhook.construct_event(body, sign, secret) for body, sign in self.seen]


@asynccontextmanager
async def receiving(port: int = 0) -> AsyncIterator[Receiver]:
    """A receiver, on a free port unless one is given."""
    receiver = Receiver()
    app = Starlette(routes=[Route("/hook", receiver.take, methods=["POST"])])
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="critical", lifespan="off", ws="none"))
    task = asyncio.create_task(server.serve())

    async def started() -> bool:
        return server.started

    await until(started)
    receiver.port = server.servers[0].sockets[0].getsockname()[1]
    yield receiver
    server.should_exit = True
    await task
