"""Makes the FastAPI application of one function, and the Lambda handler around it."""

import os
import re
from collections.abc import Sequence
from functools import cache
from typing import Any, cast

from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.middleware.asyncexitstack import AsyncExitStackMiddleware
from fastapi.routing import APIRoute
from mangum import Mangum
from pymongo.errors import PyMongoError
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from common.adapters.mongo.shared.database import as_unavailable
from common.domain.shared.errors import GigstaError, Unavailable
from common.runtime import cold_start
from common.runtime.container.http import HttpContainer
from common.runtime.handlers import LambdaHandler, Needs
from common.runtime.http.edge import admit
from common.runtime.http.gateway import HttpApiEvent
from common.runtime.http.middleware import BoundsMiddleware, RequestContextMiddleware
from common.runtime.http.problems import on_gigsta_error, on_http_exception, on_validation_error, problem_of
from common.runtime.http.route_table import RouteTable
from common.runtime.loop import get_loop
from common.runtime.observability import metrics, tracing
from common.runtime.observability.logging import get_logger, set_service
from common.runtime.settings import Names, Settings, SettingsGroup, load_settings
from common.runtime.snapshot import register_hooks

#: JSON of this product is small; a route that takes more says so with ``max_body_size=``.
MAX_BODY_BYTES = 64 * 1024
#: Header fields a browser's script may send and read besides the simple ones; the gateway's own list is the same.
CORS_REQUEST_HEADERS = (
    "Authorization", "Content-Type", "Idempotency-Key", "If-Match", "If-None-Match", "X-Request-Id",
    "X-Edit-Token", "X-Draft-Token",
)  # fmt: skip
CORS_RESPONSE_HEADERS = (
    "ETag", "Link", "Location", "Retry-After", "X-Request-Id", "Idempotent-Replayed",
    "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", "RateLimit-Policy",
)  # fmt: skip
_CORS_MAX_AGE_SECONDS = 600

#: A path that no function has: answered without asking anyone outside.
_NOWHERE = "/v1/nowhere"
#: A parameter in a route's path.
_PARAMETER = re.compile(r"{[^}]+}")


class CorsSettings(SettingsGroup):
    """Which sites' pages may call: their origins, between commas."""

    cors_origins: Names = ()


class _Application(FastAPI):
    """FastAPI without its layers for what this product does itself, in one layer around all others.

    Left out are its answer to what nobody caught, telemetry of that, and a limit on bodies of the whole application.
    """

    def build_middleware_stack(self) -> ASGIApp:
        """Put the layers around the router, the first one outermost."""
        app: ASGIApp = ExceptionMiddleware(AsyncExitStackMiddleware(self.router), handlers=self.exception_handlers)
        for layer in reversed(self.user_middleware):
            app = layer.cls(app, *layer.args, **layer.kwargs)
        return app


def create_app(router: APIRouter, *, service: str, container: HttpContainer) -> FastAPI:
    """Make the application of one function.

    Args:
        router: the function's routes.
        service: its name, in logs and metrics.
        container: what it is made of.
    """
    set_service(service)
    app = _Application(
        title="GigSta",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False},
        exception_handlers={
            GigstaError: _on_error,
            RequestValidationError: on_validation_error,
            HTTPException: on_http_exception,
            PyMongoError: _on_database_error,
        },
    )
    app.state.container = container
    # Inside CORS, so that a browser may read the refusals.
    app.add_middleware(BoundsMiddleware, max_body_size=MAX_BODY_BYTES)
    _add_cors(app, container.settings.of(CorsSettings).cors_origins)
    app.add_middleware(RequestContextMiddleware)
    # Taken over as they are: including the router would match every request twice.
    app.router.routes.append(RouteTable(router.routes))
    return app


def create_handler(router: APIRouter, *, service: str, needs: Needs, container: type[HttpContainer]) -> LambdaHandler:
    """Make the Lambda handler of one HTTP function; its ``app.py`` is this call.

    In Lambda the application is made, and its settings are checked, when the function starts; elsewhere, as in a test
    that imports the module, at the first invocation.

    Args:
        router: the function's routes.
        service: its name, in logs and metrics.
        needs: the groups of settings it does not start without (``runtime.needs``).
        container: the class of what it is made of: no more parts than its routes use, for all are imported.

    Raises:
        SettingsError: the environment lacks something; the message names all of it.
    """

    @cache
    def made() -> HttpContainer:
        return container(load_settings(service, needs=needs))

    @cache
    def adapter() -> Mangum:
        return _adapter(create_app(router, service=service, container=made()))

    def run(event: dict[str, Any], context: Any) -> dict[str, Any]:
        get_loop()
        try:
            with tracing.invocation():
                return adapter()(event, context)
        finally:
            metrics.flush()
            if made().is_outdated:
                get_loop().run_until_complete(made().close())
                made.cache_clear()
                adapter.cache_clear()

    def prime() -> None:
        _ask_routes(router, service, made().settings)
        run(_asking("GET", _NOWHERE), None)

    if cold_start.is_in_lambda(os.environ):
        adapter()
        register_hooks(made(), prime)
        cold_start.finish()

    def admitted(event: dict[str, Any], context: Any) -> dict[str, Any]:
        request, refused = admit(made().settings, event)
        return refused or run(request, context)

    return LambdaHandler(service, needs, admitted)


class _OutOfReach:
    """In the place of what a function is made of, before a snapshot: has its settings, and refuses all else.

    Args:
        settings: the function's.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def __getattr__(self, name: str) -> Any:
        """Refuse a part.

        Raises:
            Unavailable: always.
        """
        raise Unavailable(f"There is no {name} before a snapshot.")


def _ask_routes(router: APIRouter, service: str, settings: Settings) -> None:
    """Ask every route once, of an application whose parts are out of reach, so that nobody outside is asked.

    FastAPI prepares a route when it is first asked: it takes the route's file apart to note where it stands, and looks
    through all that its parameters depend on.
    """
    adapter = _adapter(create_app(router, service=service, container=cast("HttpContainer", _OutOfReach(settings))))
    without_context: Any = None
    for route in router.routes:
        if isinstance(route, APIRoute):
            path = _PARAMETER.sub("1", route.path)
            for method in route.methods or ():
                adapter(_asking(method, path), without_context)


def _adapter(app: FastAPI) -> Mangum:
    return Mangum(app, lifespan="off", custom_handlers=[HttpApiEvent])


def _asking(method: str, path: str) -> dict[str, Any]:
    """An event of API Gateway (payload 2.0) that nobody has sent."""
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": "",
        # With a token, so that no answer is looked for among those that a process keeps for everybody.
        "headers": {"host": "localhost", "authorization": "Bearer nobody"},
        "requestContext": {
            "http": {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1"},
            "requestId": "snapshot",
            "stage": "$default",
        },
        "isBase64Encoded": False,
    }


async def _on_error(request: Request, error: Exception) -> Response:
    """Answer what the product raises; where the database is behind it, the container may learn from it."""
    if error.__cause__ is not None:
        request.app.state.container.note_failure(error.__cause__)
    return await on_gigsta_error(request, error)


async def _on_database_error(request: Request, error: Exception) -> Response:
    """Answer 503 while the database is unavailable; anything else of the driver's is a fault of ours."""
    request.app.state.container.note_failure(error)
    unavailable = as_unavailable(error)
    if unavailable is None:
        raise error
    get_logger().warning("Database unavailable", extra={"error": type(error).__name__})
    return problem_of(unavailable)


def _add_cors(app: FastAPI, origins: Sequence[str]) -> None:
    """Let browsers of the given origins call; with none given, no browser of another origin may."""
    if origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(origins),
            # The device's and an attempt's cookies; nothing is authorized by a cookie.
            allow_credentials=True,
            allow_methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
            allow_headers=list(CORS_REQUEST_HEADERS),
            expose_headers=list(CORS_RESPONSE_HEADERS),
            max_age=_CORS_MAX_AGE_SECONDS,
        )
