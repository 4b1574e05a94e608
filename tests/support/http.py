"""Clients that call a function's application in this process."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

import httpx
from common.runtime.http import create_app

if TYPE_CHECKING:
    from common.runtime.bootstrap import Container
    from fastapi import APIRouter

BASE_URL = "http://api.test"


def api_client(area: str, container: Container) -> httpx.AsyncClient:
    """Make a client of one function's routes, for ``async with``.

    Args:
        area: the folder's name under ``functions``.
        container: what the function is made of.
    """
    return app_client(importlib.import_module(f"functions.{area}.routes").router, container, service=area)


def app_client(router: APIRouter, container: Container, *, service: str = "test") -> httpx.AsyncClient:
    """Make an application of any router, and a client of it."""
    app = create_app(router, service=service, container=container)
    transport = httpx.ASGITransport(app=app, client=("203.0.113.7", 443))
    return httpx.AsyncClient(transport=transport, base_url=BASE_URL)
