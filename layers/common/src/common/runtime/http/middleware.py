"""What every response gets: a request id, security headers, and an error shape without exceptions."""

from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from common.domain.shared.errors import OutOfTime
from common.runtime.budget import Budget
from common.runtime.http.problems import MEDIA_TYPE, problem, problem_of, status_problem
from common.runtime.observability import request_log, tracing
from common.runtime.observability.context import begin_request
from common.runtime.observability.logging import get_logger

_ERROR = 400
#: An API that answers JSON to programs needs nothing else from a browser
#: (https://cheatsheetseries.owasp.org/cheatsheets/REST_Security_Cheat_Sheet.html#security-headers).
SECURITY_HEADERS = {
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Cache-Control": "no-store",
}
_RAW_SECURITY_HEADERS = [(name.lower().encode(), value.encode()) for name, value in SECURITY_HEADERS.items()]


class RequestContextMiddleware:
    """Outermost layer: names the request, guards the response and turns what nobody caught into a 500.

    It also answers HEAD wherever GET is answered: with the same header fields, and no body (RFC 9110 section 9.3.2). It
    is one class, and the next one too, because each layer around a route costs every request some hundredths of a
    millisecond.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one ASGI connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_head = scope["method"] == "HEAD"
        if is_head:
            scope = {**scope, "method": "GET"}
        gateway = scope.get("aws.event", {}).get("requestContext", {}).get("requestId", "")
        own_id = getattr(scope.get("aws.context"), "aws_request_id", None)
        request_id = begin_request(
            _field(scope, b"x-request-id"), gateway, own_id, gateway=gateway, trace=tracing.trace_id()
        )
        request_log.begin(scope["path"])
        guard = _ResponseGuard(send, request_id, is_head=is_head)
        try:
            await self._app(scope, receive, guard)
        except Exception:
            get_logger().exception("Unhandled error", extra={"method": scope["method"], "path": scope["path"]})
            if guard.has_started:
                raise
            await problem(500, "internal_error", "Something went wrong on our side.")(scope, receive, guard)
        request_log.end(scope["method"], scope["path"], guard.status)


class BoundsMiddleware:
    """Bounds a request in time and size.

    What is still under way shortly before Lambda would end the function answers 503. A body that is too large answers
    413; a GET whose header does not speak of a body is not watched for one, since nothing reads it.

    Args:
        app: what is bounded.
        max_body_size: in bytes; a route that takes more says so with ``max_body_size=``.
    """

    def __init__(self, app: ASGIApp, max_body_size: int) -> None:
        self._app = app
        self._limited = RequestBodyLimitMiddleware(app, max_body_size=max_body_size)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one ASGI connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        has_started = False

        async def sending(message: Message) -> None:
            nonlocal has_started
            has_started = True
            await send(message)

        is_bodiless = scope["method"] == "GET" and _field(scope, b"content-length") is None
        app = self._app if is_bodiless else self._limited
        try:
            async with Budget.of(scope.get("aws.context")).bounded():
                await app(scope, receive, sending)
        except OutOfTime as error:
            if has_started:
                raise
            get_logger().warning("Out of time", extra={"method": scope["method"], "path": scope["path"]})
            await problem_of(error)(scope, receive, send)


def _field(scope: Scope, name: bytes) -> str | None:
    """The first value of a header field; ``None`` without one."""
    for key, value in scope["headers"]:
        if key == name:
            found: str = value.decode("latin-1")
            return found
    return None


class _ResponseGuard:
    """Adds the common header fields and re-shapes error responses that are not problem documents."""

    def __init__(self, send: Send, request_id: str, *, is_head: bool) -> None:
        self._send = send
        self._request_id = request_id
        self._is_head = is_head
        self._replaced = False
        self.has_started = False
        self.status = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.has_started = True
            self.status = status = message["status"]
            raw = message.setdefault("headers", [])
            if status >= _ERROR:
                headers = MutableHeaders(raw=raw)
                if not headers.get("content-type", "").startswith(MEDIA_TYPE):
                    await self._replace(status, headers)
                    return
            self._decorate(raw)
        elif self._replaced:
            return
        elif self._is_head:
            message = {**message, "body": b""}
        await self._send(message)

    async def _replace(self, status: int, headers: MutableHeaders) -> None:
        kept = {name: value for name, value in headers.items() if name in {"allow", "retry-after", "www-authenticate"}}
        response = status_problem(status, kept)
        self._decorate(response.raw_headers)
        self._replaced = True
        start: dict[str, Any] = {"type": "http.response.start", "status": status, "headers": response.raw_headers}
        await self._send(start)
        body = b"" if self._is_head else bytes(response.body)
        await self._send({"type": "http.response.body", "body": body})

    def _decorate(self, raw: list[tuple[bytes, bytes]]) -> None:
        given = {name for name, _ in raw}
        raw += [field for field in _RAW_SECURITY_HEADERS if field[0] not in given]
        raw.append((b"x-request-id", self._request_id.encode()))
