"""The HTTP kit: application factory, handler, dependencies, schemas, paging, idempotency, rate limits."""

from common.runtime.http.app import create_app, create_handler
from common.runtime.http.dependencies import CurrentUser, Deps, OptionalUser, require

__all__ = ["CurrentUser", "Deps", "OptionalUser", "create_app", "create_handler", "require"]
