"""The HTTP kit: application factory, handler, dependencies, schemas, paging, idempotency, rate limits."""

from common.runtime import prelude

with prelude.without("email_validator"):
    import fastapi.openapi.models  # noqa: F401 - the module that would import it

from common.runtime.http.app import create_app, create_handler
from common.runtime.http.dependencies import CurrentUser, Deps, OptionalUser, require

__all__ = ["CurrentUser", "Deps", "OptionalUser", "create_app", "create_handler", "require"]
