"""What every response gets: a request id, security headers, and an error shape without exceptions."""

from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from common.domain.shared.errors import OutOfTime
from common.runtime.budget import Budget
from common.runtime.http.problems import MEDIA_TYPE, problem, problem_of, status_problem
from common.runtime.observability import request_log
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
    """Outermost layer: names the request, guards the response and turns what nobody caught into a 500."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one ASGI connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        lambda_context = scope.get("aws.context")
        given = Headers(scope=scope).get("x-request-id")
        gateway = scope.get("aws.event", {}).get("requestContext", {}).get("requestId", "")
        request_id = begin_request(given, gateway, getattr(lambda_context, "aws_request_id", None), gateway=gateway)
        request_log.begin(scope["path"])
        guard = _ResponseGuard(send, request_id)
        try:
            await self._app(scope, receive, guard)
        except Exception:
            get_logger().exception("Unhandled error", extra={"method": scope["method"], "path": scope["path"]})
            if guard.has_started:
                raise
            await problem(500, "internal_error", "Something went wrong on our side.")(scope, receive, guard)
        request_log.end(scope["method"], scope["path"], guard.status)


class HeadMiddleware:
    """Answers HEAD wherever GET is answered: with the same header fields, and no body (RFC 9110 section 9.3.2)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one ASGI connection."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        async def without_body(message: Message) -> None:
            await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

        await self._app({**scope, "method": "GET"}, receive, without_body)


class DeadlineMiddleware:
    """Ends a request in time: what is still under way shortly before Lambda would end the function answers 503."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

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

        try:
            async with Budget.of(scope.get("aws.context")).bounded():
                await self._app(scope, receive, sending)
        except OutOfTime as error:
            if has_started:
                raise
            get_logger().warning("Out of time", extra={"method": scope["method"], "path": scope["path"]})
            await problem_of(error)(scope, receive, send)


class _ResponseGuard:
    """Adds the common header fields and re-shapes error responses that are not problem documents."""

    def __init__(self, send: Send, request_id: str) -> None:
        self._send = send
        self._request_id = request_id
        self._replaced = False
        self.has_started = False
        self.status = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.has_started = True
            self.status = message["status"]
            message.setdefault("headers", [])
            headers = MutableHeaders(raw=message["headers"])
            if message["status"] >= _ERROR and not headers.get("content-type", "").startswith(MEDIA_TYPE):
                await self._replace(message["status"], headers)
                return
            self._decorate(headers)
        elif self._replaced:
            return
        await self._send(message)

    async def _replace(self, status: int, headers: MutableHeaders) -> None:
        kept = {name: value for name, value in headers.items() if name in {"allow", "retry-after", "www-authenticate"}}
        response = status_problem(status, kept)
        self._decorate(response.headers)
        self._replaced = True
        start: dict[str, Any] = {"type": "http.response.start", "status": status, "headers": response.raw_headers}
        await self._send(start)
        await self._send({"type": "http.response.body", "body": bytes(response.body)})

    def _decorate(self, headers: MutableHeaders) -> None:
        raw = headers.raw
        given = {name for name, _ in raw}
        raw.extend(field for field in _RAW_SECURITY_HEADERS if field[0] not in given)
        raw.append((b"x-request-id", self._request_id.encode()))
