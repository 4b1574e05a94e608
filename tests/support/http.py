"""Clients that call a function's application in this process."""

from __future__ import annotations

import importlib
from contextlib import contextmanager
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import httpx
from common.runtime.http import create_app

from tests.support.examples import look_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from common.runtime.container.bootstrap import Container
    from fastapi import APIRouter

BASE_URL = "http://api.test"


def api_client(area: str, container: Container) -> httpx.AsyncClient:
    """Make a client of one function's routes, for ``async with``.

    Args:
        area: the folder's name under ``functions``.
        container: what the function is made of.
    """
    return app_client(importlib.import_module(f"functions.{area}.routes").router, container, service=area)


@contextmanager
def with_time(client: httpx.AsyncClient, *, seconds: float) -> Iterator[None]:
    """Let each request of the block find so much left of its function's time-out, as Lambda tells it."""
    transport = client._transport
    assert isinstance(transport, httpx.ASGITransport)
    app = transport.app
    context = SimpleNamespace(aws_request_id="request-1", get_remaining_time_in_millis=lambda: seconds * 1000)

    async def invoked(scope: Any, receive: Any, send: Any) -> None:
        await app({**scope, "aws.context": context}, receive, send)

    transport.app = invoked
    yield
    transport.app = app


def app_client(router: APIRouter, container: Container, *, service: str = "test") -> httpx.AsyncClient:
    """Make an application of any router, and a client of it."""
    app = create_app(router, service=service, container=container)
    transport = httpx.ASGITransport(app=app, client=("203.0.113.7", 443))
    return httpx.AsyncClient(transport=transport, base_url=BASE_URL, event_hooks={"response": [look_at]})
