"""The HTTP kit: application factory, handler, dependencies, schemas, paging, idempotency, rate limits."""

from common.runtime.http.app import create_app, create_handler
from common.runtime.http.dependencies import ContainerDep, CurrentUser, OptionalUser, require
from common.runtime.http.routers import join_routers

__all__ = ["ContainerDep", "CurrentUser", "OptionalUser", "create_app", "create_handler", "join_routers", "require"]
