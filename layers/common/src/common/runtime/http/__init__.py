"""The HTTP kit: application factory, handler, dependencies, schemas, paging, idempotency, rate limits."""

from common.runtime import prelude

with (
    prelude.without("email_validator"),
    prelude.standing_in("importlib.metadata", *prelude.OPENTELEMETRY),
    prelude.without_rebuilding(),
):
    import fastapi.openapi.models  # noqa: F401 - what would import and rebuild all this

from common.runtime.http.app import create_app, create_handler
from common.runtime.http.dependencies import CurrentUser, Deps, OptionalUser, require

__all__ = ["CurrentUser", "Deps", "OptionalUser", "create_app", "create_handler", "require"]
