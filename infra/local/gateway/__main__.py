"""Command line of the gateway, used by the local cloud."""

from __future__ import annotations

import argparse
import contextlib
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn
from starlette.applications import Starlette
from starlette.convertors import Convertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import Mount, Route, WebSocketRoute

from infra.local import info as infos
from infra.local.gateway.bridge import Bridge
from infra.local.gateway.loopback import LocalOnly
from infra.local.gateway.pages import Pages
from infra.local.gateway.proxy import Proxy, on_refusal
from infra.local.gateway.web import WebApp

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request
    from starlette.responses import Response

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
BACKLOG = 512


class AnyText(Convertor[str]):
    """Whatever a path holds; Starlette's own ``path`` stops at a line break."""

    regex = "(?s:.*)"

    def convert(self, value: str) -> str:
        """Take it as it is."""
        return value

    def to_string(self, value: str) -> str:
        """Give it as it is."""
        return value


register_url_convertor("any", AnyText())


def create_app(info: infos.CloudInfo) -> Starlette:
    """Build the gateway for a running cloud.

    Args:
        info: The running cloud.

    Returns:
        The ASGI application.
    """
    proxy = Proxy(info)

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        await proxy.close()

    bridge = Bridge(info)
    pages = Pages(info, lambda: bridge.open)
    web = WebApp(info)
    guarded = [Middleware(LocalOnly)]

    async def anything(request: Request) -> Response:
        """Answer with what the web app has, and else with what the API says."""
        return web.answer(request) or await proxy.forward(request)

    return Starlette(
        routes=[
            Route("/_dev", pages.status, middleware=guarded),
            Mount("/_dev", routes=pages.routes(), middleware=guarded),
            Route("/config.json", web.config),
            WebSocketRoute("/v1/realtime", bridge.forward),
            Route("/{path:any}", anything, methods=METHODS),
        ],
        lifespan=lifespan,
        exception_handlers={HTTPException: on_refusal},
    )


def open_sockets(port: int) -> list[socket.socket]:
    """Listen on loopback, in both families where there are both, since ``localhost`` may mean either.

    Args:
        port: TCP port.

    Returns:
        Listening sockets.
    """
    sockets = [_listen(socket.AF_INET, "127.0.0.1", port)]
    with contextlib.suppress(OSError):
        sockets.append(_listen(socket.AF_INET6, "::1", port))
    return sockets


def _listen(family: socket.AddressFamily, address: str, port: int) -> socket.socket:
    """Listen on one address; the protocol is named, or else asyncio leaves Nagle's algorithm on (40 ms a call)."""
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((address, port))
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener


def main() -> None:
    """Serve until told to end."""
    parser = argparse.ArgumentParser(prog="python -m infra.local.gateway", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--state-dir", type=Path, required=True)
    chosen = parser.parse_args()
    info = infos.read(chosen.state_dir)
    if info is None:
        parser.error("no local cloud was started in this folder")
    config = uvicorn.Config(
        create_app(info), log_level="warning", access_log=False, server_header=False, proxy_headers=False
    )
    uvicorn.Server(config).run(sockets=open_sockets(chosen.port))


if __name__ == "__main__":
    main()
