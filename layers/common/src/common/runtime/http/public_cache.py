"""Caching of public reads: in the process, by entity tags with ``304 Not Modified``, and in the CDN in front.

Routes use ``APIRouter(route_class=CachedRoute)`` and name a lifetime with ``Depends(cache_for(seconds))``. A request
with credentials is never answered from the process's memory, and its answer is checked again each time, so that people
see their own edits at once; an edit also clears the memory of the process that served it (``clear_cache``).
"""

from collections.abc import AsyncIterator, Callable, Coroutine
from hashlib import blake2b
from http import HTTPStatus
from typing import Any

from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from common.runtime.response_cache import ResponseCache

RouteHandler = Callable[[Request], Coroutine[Any, Any, Response]]
_TAG_BYTES = 12
#: Fields that a 304 repeats (RFC 9110 section 15.4.5).
_REPEATED = ("cache-control", "etag", "vary", "x-request-id", "age")
_LONGEST_KEY = 1024
#: Fields by which somebody sees what others do not.
_CREDENTIALS = frozenset({"authorization", "x-edit-token"})
#: The same in a query.
_TOKEN_PARAMETER = b"edit_token="


def cache_for(seconds: int, *, is_kept: bool = True) -> Callable[[Request, Response], Coroutine[Any, Any, None]]:
    """Make a dependency that states how long caches may keep the answer (RFC 9111, RFC 5861).

    Args:
        seconds: lifetime; a stale answer may be used as long again while a fresh one is fetched.
        is_kept: whether the process keeps the answer too.
    """

    async def state(request: Request, response: Response) -> None:
        personal = _is_personal(request)
        lifetime = f"public, max-age={seconds}, stale-while-revalidate={seconds}"
        response.headers["Cache-Control"] = "private, no-cache" if personal else lifetime
        response.headers["Vary"] = "Authorization, X-Edit-Token"
        request.state.kept_seconds = seconds if is_kept else 0

    return state


def no_store(request: Request) -> None:
    """Have the process not keep the answer to this request, such as one about the coming hours."""
    request.state.kept_seconds = 0


async def clear_cache(request: Request) -> AsyncIterator[None]:
    """Dependency of routes that change what is publicly read: clears the memory of this process after the change."""
    yield
    if request.method not in {"GET", "HEAD"}:
        _kept(request).clear()


class CachedRoute(APIRoute):
    """A route whose GET answers carry an entity tag, honour ``If-None-Match``, and are kept in the process."""

    def get_route_handler(self) -> RouteHandler:
        """The route's handler behind the memory, with the tag added or the body left out."""
        inner = super().get_route_handler()

        async def handle(request: Request) -> Response:
            key = _key(request)
            found = _kept(request).get(key) if key is not None else None
            if found is not None:
                answer, age = found
                return _unless_known(request, Response(answer.body, headers={**answer.headers, "age": str(age)}))
            response = await inner(request)
            if request.method != "GET" or response.status_code != HTTPStatus.OK:
                return response
            tag = blake2b(response.body, digest_size=_TAG_BYTES).hexdigest()
            response.headers.setdefault("ETag", f'"{tag}"')
            seconds = getattr(request.state, "kept_seconds", 0)
            if key is not None and seconds:
                _kept(request).put(key, bytes(response.body), dict(response.headers), seconds)
            return _unless_known(request, response)

        return handle


def _is_personal(request: Request) -> bool:
    return not _CREDENTIALS.isdisjoint(request.headers) or _TOKEN_PARAMETER in request.scope["query_string"]


def _key(request: Request) -> str | None:
    """What an answer is kept under; ``None`` for requests that are not answered from memory."""
    if request.method != "GET" or _is_personal(request):
        return None
    key = f"{request.scope['path']}?{request.scope['query_string'].decode('latin-1')}"
    return key if len(key) <= _LONGEST_KEY else None


def _kept(request: Request) -> ResponseCache:
    kept: ResponseCache = request.app.state.container.response_cache
    return kept


def _unless_known(request: Request, response: Response) -> Response:
    """The response, or a 304 where the caller has it already."""
    if not _matches(request.headers.get("if-none-match", ""), response.headers["etag"]):
        return response
    kept = {name: response.headers[name] for name in _REPEATED if name in response.headers}
    return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=kept)


def _matches(header: str, tag: str) -> bool:
    """Weak comparison of ``If-None-Match`` with a tag (RFC 9110 section 13.1.2)."""
    offered = {part.strip().removeprefix("W/") for part in header.split(",")}
    return "*" in offered or tag in offered
