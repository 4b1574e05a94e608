"""Caching of public reads: entity tags, ``304 Not Modified`` and lifetimes for the CDN in front.

Routes use ``APIRouter(route_class=CachedRoute)`` and name a lifetime with ``Depends(cache_for(seconds))``. A request
with credentials gets an answer that is checked again each time, so that people see their own edits at once.
"""

from collections.abc import Callable, Coroutine
from hashlib import blake2b
from http import HTTPStatus
from typing import Any

from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

RouteHandler = Callable[[Request], Coroutine[Any, Any, Response]]
_TAG_BYTES = 12
#: Fields that a 304 repeats (RFC 9110 section 15.4.5).
_REPEATED = ("cache-control", "etag", "vary", "x-request-id")


def cache_for(seconds: int) -> Callable[[Request, Response], Coroutine[Any, Any, None]]:
    """Make a dependency that states how long caches may keep the answer (RFC 9111, RFC 5861).

    Args:
        seconds: lifetime; a stale answer may be used as long again while a fresh one is fetched.
    """

    async def state(request: Request, response: Response) -> None:
        personal = "authorization" in request.headers
        lifetime = f"public, max-age={seconds}, stale-while-revalidate={seconds}"
        response.headers["Cache-Control"] = "private, no-cache" if personal else lifetime
        response.headers["Vary"] = "Authorization"

    return state


class CachedRoute(APIRoute):
    """A route whose GET answers carry an entity tag of their content and honour ``If-None-Match``."""

    def get_route_handler(self) -> RouteHandler:
        """The route's handler, with the tag added or the body left out."""
        inner = super().get_route_handler()

        async def handle(request: Request) -> Response:
            response = await inner(request)
            if request.method != "GET" or response.status_code != HTTPStatus.OK:
                return response
            tag = response.headers.setdefault("ETag", f'"{blake2b(response.body, digest_size=_TAG_BYTES).hexdigest()}"')
            if _matches(request.headers.get("if-none-match", ""), tag):
                kept = {name: response.headers[name] for name in _REPEATED if name in response.headers}
                return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=kept)
            return response

        return handle


def _matches(header: str, tag: str) -> bool:
    """Weak comparison of ``If-None-Match`` with a tag (RFC 9110 section 13.1.2)."""
    offered = {part.strip().removeprefix("W/") for part in header.split(",")}
    return "*" in offered or tag in offered
