"""``Idempotency-Key`` on routes that create something or move money.

Use it as ``APIRouter(route_class=IdempotentRoute)``, or put it around single routes with a router of their own. Without
the header a route behaves as usual. Answers that decide (2xx, 402, 409) are kept and replayed; those that do not
(401, 403, 404, 412, 413, 422, 429, 5xx) give the key back, so that a corrected or later request is worked on.
Do not use it where an answer holds tokens: answers are stored for a day.
"""

from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pymongo
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pymongo.errors import PyMongoError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from common.application.deadline import seconds_left
from common.domain.errors import GigstaError, InvalidInput
from common.runtime.budget import RELEASE_SECONDS
from common.runtime.http.dependencies import authenticate_request, get_container
from common.runtime.http.problems import problem_of
from common.runtime.logging import get_logger

if TYPE_CHECKING:
    from common.application.ports.limits import IdempotencyStore, IdempotentRequest, StoredResponse

_MAX_KEY_LENGTH = 255
_METHODS = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_KEPT_REFUSALS = frozenset({HTTPStatus.PAYMENT_REQUIRED, HTTPStatus.CONFLICT})
#: Nobody waits longer for what follows from an answer.
_WRITE_SECONDS = 5.0
_KEPT_HEADERS = frozenset({"content-type", "etag", "location"})

RouteHandler = Callable[[Request], Coroutine[Any, Any, Response]]


class IdempotentRoute(APIRoute):
    """A route that honours ``Idempotency-Key``."""

    def get_route_handler(self) -> RouteHandler:
        """The route's handler, behind the key's claim."""
        inner = super().get_route_handler()

        async def handle(request: Request) -> Response:
            key = request.headers.get("idempotency-key")
            if key is None or request.method not in _METHODS:
                return await inner(request)
            return await _handle_once(request, _checked_key(key), inner)

        return handle


async def _handle_once(request: Request, key: str, inner: RouteHandler) -> Response:
    """Work on the request if its key is free, else replay or refuse."""
    container = await get_container(request)
    store: IdempotencyStore = container.idempotency
    identity = await _identify(request, key)
    owner = uuid4().hex
    first = await store.claim(identity, owner, container.clock.now())
    if first is not None:
        return Response(first.body, first.status, {**first.headers, "Idempotent-Replayed": "true"})
    try:
        response = await _answer(request, inner)
    except BaseException:
        await _afterwards(store.release(identity, owner))
        raise
    if _decides(response.status_code):
        await _afterwards(store.complete(identity, owner, _stored(response), container.clock.now()))
    else:
        await _afterwards(store.release(identity, owner))
    return response


async def _afterwards(write: Coroutine[Any, Any, None]) -> None:
    """Write what follows from an answer; the answer holds without it, and a claim ends by itself."""
    try:
        with pymongo.timeout(max(RELEASE_SECONDS, min(seconds_left(), _WRITE_SECONDS))):
            await write
    except PyMongoError as error:
        get_logger().warning("Idempotency key not written", extra={"error": type(error).__name__})


async def _answer(request: Request, inner: RouteHandler) -> Response:
    """The route's answer, with refusals that decide rendered, so that they can be kept."""
    try:
        return await inner(request)
    except (RequestValidationError, HTTPException):
        raise
    except GigstaError as error:
        if error.status in _KEPT_REFUSALS:
            return problem_of(error)
        raise


async def _identify(request: Request, key: str) -> "IdempotentRequest":
    from common.application.ports.limits import IdempotentRequest  # noqa: PLC0415 - only a key needs it
    from common.runtime.http.fingerprints import fingerprint  # noqa: PLC0415 - as above

    principal = await authenticate_request(request)
    address = request.client.host if request.client else "unknown"
    return IdempotentRequest(
        key=key,
        caller=principal.user_id if principal else f"address:{address}",
        method=request.method,
        path=request.url.path,
        fingerprint=fingerprint(request.url.query, await request.body()),
    )


def _checked_key(key: str) -> str:
    if not 1 <= len(key) <= _MAX_KEY_LENGTH or not key.isascii() or not key.isprintable():
        message = f"Send 1 to {_MAX_KEY_LENGTH} printable ASCII characters."
        raise InvalidInput.of("Idempotency-Key", message, "invalid_idempotency_key")
    return key


def _decides(status: int) -> bool:
    return status < HTTPStatus.BAD_REQUEST or status in _KEPT_REFUSALS


def _stored(response: Response) -> "StoredResponse":
    from common.application.ports.limits import StoredResponse  # noqa: PLC0415 - as above

    headers = {name: value for name, value in response.headers.items() if name in _KEPT_HEADERS}
    return StoredResponse(response.status_code, headers, bytes(response.body))
