"""The HTTP kit: application factory, handler, dependencies, schemas, paging, idempotency, rate limits."""

from common.runtime.http.app import create_app, create_handler
from common.runtime.http.dependencies import CurrentUser, OptionalUser, get_container, permit, require
from common.runtime.http.routers import join_routers

__all__ = [
    "CurrentUser",
    "OptionalUser",
    "create_app",
    "create_handler",
    "get_container",
    "join_routers",
    "permit",
    "require",
]
