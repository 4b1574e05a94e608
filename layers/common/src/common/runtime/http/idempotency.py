"""``Idempotency-Key`` on routes that create something or move money.

Use it as ``APIRouter(route_class=IdempotentRoute)``, or put it around single routes with a router of their own. Without
the header a route behaves as usual. Answers that decide (2xx, 402, 409) are kept and replayed; those that do not
(401, 403, 404, 412, 413, 422, 429, 5xx, and 409 ``fee_not_accepted``, to which ``If-Match`` may agree with the same
body) give the key back, so that a corrected or later request is worked on.
Answers are stored for a day, so that no secret may be in them: a route whose answer has one says so with ``keeps_out``,
and how a replay makes it again.
"""

import json
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Annotated, Any, TypeVar
from uuid import uuid4

import pymongo
from fastapi import Header
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pymongo.errors import PyMongoError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from common.application.ports.shared.limits import IdempotencyStore, IdempotentRequest, StoredResponse
from common.application.shared.deadline import seconds_left
from common.domain.shared.errors import FeeNotAccepted, GigstaError, InvalidInput
from common.domain.shared.opaque_tokens import digest
from common.runtime.budget import RELEASE_SECONDS
from common.runtime.http.dependencies import authenticate_request, get_container
from common.runtime.http.fingerprints import fingerprint
from common.runtime.http.problems import problem_of
from common.runtime.observability.logging import get_logger

_MAX_KEY_LENGTH = 255
#: ``idempotency_key: IdempotencyKey = None`` in the arguments of a route that hands it on.
IdempotencyKey = Annotated[str | None, Header(max_length=_MAX_KEY_LENGTH)]
_METHODS = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_KEPT_REFUSALS = frozenset({HTTPStatus.PAYMENT_REQUIRED, HTTPStatus.CONFLICT})
#: Nobody waits longer for what follows from an answer.
_WRITE_SECONDS = 5.0
_KEPT_HEADERS = frozenset({"content-type", "etag", "location"})

RouteHandler = Callable[[Request], Coroutine[Any, Any, Response]]
#: What is stored in place of a secret: nothing, or a reference by which it is found again.
StoredAs = Callable[[Any], Any]
MadeAgain = Callable[[Request, Mapping[str, Any]], Awaitable[Mapping[str, Any]]]
Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])


@dataclass(frozen=True)
class KeptOut:
    """Secrets of a route's answer.

    Args:
        stored_as: dotted paths in the answer's JSON, each with what is stored in place of the value.
        made_again: gives the values by path for a replay, from the request and the stored answer.
    """

    stored_as: Mapping[str, StoredAs]
    made_again: MadeAgain


def nothing(_: Any) -> None:
    """Store nothing in a secret's place."""


def keeps_out(made_again: MadeAgain, /, *paths: str, **stored_as: StoredAs) -> Callable[[Endpoint], Endpoint]:
    """Store a route's answer without these secrets; the decorator goes below that of the route.

    Args:
        made_again: gives the values by path for a replay, from the request and the stored answer.
        paths: dotted paths of secrets, in whose place nothing is stored.
        stored_as: a secret's field, and what gives the reference that is stored in its place.
    """
    kept_out = KeptOut({**dict.fromkeys(paths, nothing), **stored_as}, made_again)

    def mark(endpoint: Endpoint) -> Endpoint:
        endpoint.kept_out = kept_out  # type: ignore[attr-defined] # a function takes any attribute
        return endpoint

    return mark


class IdempotentRoute(APIRoute):
    """A route that honours ``Idempotency-Key``."""

    def get_route_handler(self) -> RouteHandler:
        """The route's handler, behind the key's claim."""
        inner = super().get_route_handler()
        if _METHODS.isdisjoint(self.methods or ()):
            return inner
        kept_out: KeptOut | None = getattr(self.endpoint, "kept_out", None)

        async def handle(request: Request) -> Response:
            key = request.headers.get("idempotency-key")
            if key is None or request.method not in _METHODS:
                return await inner(request)
            return await _handle_once(request, _checked_key(key), inner, kept_out)

        return handle


async def _handle_once(request: Request, key: str, inner: RouteHandler, kept_out: KeptOut | None) -> Response:
    """Work on the request if its key is free, else replay or refuse."""
    container = await get_container(request)
    store: IdempotencyStore = container.idempotency
    identity = await _identify(request, key)
    owner = uuid4().hex
    first = await store.claim(identity, owner, container.clock.now())
    if first is not None:
        body = await _made_whole(request, first, kept_out)
        return Response(body, first.status, {**first.headers, "Idempotent-Replayed": "true"})
    try:
        response = await _answer(request, inner)
    except BaseException:
        await _afterwards(store.release(identity, owner))
        raise
    if _decides(response.status_code):
        await _afterwards(store.complete(identity, owner, _stored(response, kept_out), container.clock.now()))
    else:
        await _afterwards(store.release(identity, owner))
    return response


async def _afterwards(write: Coroutine[Any, Any, None]) -> None:
    """Write what follows from an answer; the answer holds without it, and a claim expires on its own."""
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
        if error.status in _KEPT_REFUSALS and not isinstance(error, FeeNotAccepted):
            return problem_of(error)
        raise


async def _identify(request: Request, key: str) -> IdempotentRequest:
    """Whose request it is, by account, edit token or address: what one may see is not replayed to another."""
    principal = await authenticate_request(request)
    address = request.client.host if request.client else "unknown"
    token = request.headers.get("x-edit-token")
    somebody = f"token:{digest(token)}" if token else f"address:{address}"
    return IdempotentRequest(
        key=key,
        caller=principal.user_id if principal else somebody,
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


async def _made_whole(request: Request, first: StoredResponse, kept_out: KeptOut | None) -> bytes:
    """The stored answer with its secrets."""
    if kept_out is None or first.status >= HTTPStatus.BAD_REQUEST:
        return first.body
    document = json.loads(first.body)
    for path, value in (await kept_out.made_again(request, document)).items():
        _put(document, path, partial(_instead, value))
    return _written(document)


def _instead(value: Any, _: Any) -> Any:
    return value


def _without_secrets(body: bytes, kept_out: KeptOut) -> bytes:
    document = json.loads(body)
    for path, stored_as in kept_out.stored_as.items():
        _put(document, path, stored_as)
    return _written(document)


def _put(document: Any, path: str, change: StoredAs) -> None:
    """Change the value at a path; where an object on the way is missing, there is none."""
    *parents, name = path.split(".")
    for parent in parents:
        document = document.get(parent)
        if document is None:
            return
    document[name] = change(document.get(name))


def _written(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _stored(response: Response, kept_out: KeptOut | None) -> StoredResponse:

    headers = {name: value for name, value in response.headers.items() if name in _KEPT_HEADERS}
    body = bytes(response.body)
    if kept_out is not None and response.status_code < HTTPStatus.BAD_REQUEST:
        body = _without_secrets(body, kept_out)
    return StoredResponse(response.status_code, headers, body)
