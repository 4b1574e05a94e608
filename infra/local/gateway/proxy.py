"""Forward requests to the deployed HTTP API, bytes as they are."""

from __future__ import annotations

import uuid
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote

import httpx
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

    from infra.local.info import CloudInfo

# HTTP APIs give up after 30 s: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
TIMEOUT_SECONDS = 35.0
# RFC 9110, section 7.6.1: these belong to one connection.
HOP_BY_HOP = frozenset(
    {b"connection", b"keep-alive", b"proxy-connection", b"te", b"trailer", b"transfer-encoding", b"upgrade"}
)
PROBLEM = "application/problem+json"
# The API's own codes, without the cost of importing it; a test holds the two together.
CODES = {
    400: "bad_request",
    404: "route_not_found",
    405: "method_not_allowed",
    413: "payload_too_large",
    429: "rate_limited",
    503: "service_unavailable",  # the API's own is "unavailable"
}
# A proxy writes its own; the length of a decoded body differs.
OWN = frozenset({b"content-length", b"date", b"server"})


class Proxy:
    """Sends requests on to MiniStack's HTTP API."""

    def __init__(self, info: CloudInfo) -> None:
        """Prepare the connection.

        Args:
            info: The running cloud.
        """
        self._prefix = f"/_aws/execute-api/{info.outputs['ApiId']}/$default".encode()
        self._host = info.base_url.removeprefix("http://").encode()
        limits = httpx.Limits(max_connections=200, max_keepalive_connections=50)
        self._client = httpx.AsyncClient(base_url=info.aws_url, timeout=TIMEOUT_SECONDS, limits=limits, trust_env=False)

    async def forward(self, request: Request) -> Response:
        """Send one request on and return its answer.

        Args:
            request: The client's request.
        """
        path = request.scope.get("raw_path") or quote(request.url.path).encode()
        query = request.scope["query_string"]
        target = self._prefix + path + (b"?" + query if query else b"")
        outgoing = self._client.build_request(
            request.method, self._client.base_url.copy_with(raw_path=target), content=await request.body()
        )
        outgoing.headers = httpx.Headers([*_with_client(request), (b"host", self._host)])
        try:
            answer = await self._client.send(outgoing)
        except httpx.HTTPError as error:
            detail = f"The local API does not answer ({type(error).__name__})."
            return problem(HTTPStatus.SERVICE_UNAVAILABLE, {"retry-after": "1"}, detail)
        if answer.status_code >= HTTPStatus.BAD_REQUEST and not _is_problem(answer):
            return problem(answer.status_code, _kept(answer.headers))
        response = Response(answer.content, answer.status_code)
        response.raw_headers = answered_headers(answer.headers.raw)
        if b"content-encoding" in dict(answer.headers.raw):
            response.headers["vary"] = "accept-encoding"
        if request.method == "HEAD":
            # Of the body that GET would have (RFC 9110, section 9.3.2).
            response.headers["content-length"] = answer.headers.get("content-length", "0")
        elif answer.status_code not in {204, 304}:
            response.headers["content-length"] = str(len(answer.content))
        return response

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()


def answered_headers(raw: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Return the headers a client gets.

    Of each CORS header only the last is kept: an API with CORS of its own ignores the function's, where MiniStack
    sends both, and browsers refuse an answer that allows two origins. See
    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html.

    Args:
        raw: The API's headers.
    """
    last = {name.lower(): index for index, (name, _) in enumerate(raw)}
    return [
        (name.lower(), value)
        for index, (name, value) in enumerate(raw)
        if name.lower() not in HOP_BY_HOP | OWN | {b"content-encoding"}
        and (not name.lower().startswith(b"access-control-") or index == last[name.lower()])
    ]


def _with_client(request: Request) -> list[tuple[bytes, bytes]]:
    """Return the request's headers with the client's address added as the last hop.

    The host is left out: API Gateway, too, tells a function its own domain, whatever the client called it.
    """
    headers = [(name, value) for name, value in request.headers.raw if name not in HOP_BY_HOP | {b"host"}]
    hops = [value.decode("latin-1") for name, value in headers if name == b"x-forwarded-for"]
    hops.append(request.client.host if request.client else "127.0.0.1")
    kept = [(name, value) for name, value in headers if name != b"x-forwarded-for"]
    return [*kept, (b"x-forwarded-for", ", ".join(hops).encode("latin-1"))]


def problem(status: int, headers: Mapping[str, str] | None = None, detail: str = "") -> Response:
    """Return an error in the shape that the API gives all of its own (RFC 9457).

    Args:
        status: HTTP status.
        headers: Further header fields.
        detail: A sentence about this occurrence; the status's phrase by default.
    """
    phrase = HTTPStatus(status).phrase if status in set(HTTPStatus) else "Error"
    code = CODES.get(status, "internal_error" if status >= HTTPStatus.INTERNAL_SERVER_ERROR else "http_error")
    request_id = f"req-{uuid.uuid4().hex}"
    document = {
        "type": f"urn:problem-type:gigsta:{code}",
        "title": phrase,
        "status": status,
        "detail": detail or phrase,
        "code": code,
        "request_id": request_id,
    }
    fields = {**(headers or {}), "x-request-id": request_id, "cache-control": "no-store"}
    return JSONResponse(document, status, fields, media_type=PROBLEM)


async def on_refusal(_: Request, error: Exception) -> Response:
    """Handle what the gateway refuses on its own: unknown methods, and unknown pages of its own."""
    if not isinstance(error, HTTPException):
        raise error
    return problem(error.status_code, error.headers)


def _is_problem(answer: httpx.Response) -> bool:
    return str(answer.headers.get("content-type", "")).startswith(PROBLEM)


def _kept(headers: httpx.Headers) -> dict[str, str]:
    """Return those fields of somebody's error that mean the same with another body."""
    return {name: headers[name] for name in ("allow", "retry-after") if name in headers}
