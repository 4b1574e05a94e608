"""Forward requests to the deployed HTTP API, bytes as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

import httpx
from starlette.responses import JSONResponse, Response

if TYPE_CHECKING:
    from starlette.requests import Request

    from infra.local.info import CloudInfo

# HTTP APIs give up after 30 s: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
TIMEOUT_SECONDS = 35.0
# RFC 9110, section 7.6.1: these belong to one connection.
HOP_BY_HOP = frozenset(
    {b"connection", b"keep-alive", b"proxy-connection", b"te", b"trailer", b"transfer-encoding", b"upgrade"}
)
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
            return _unavailable(error)
        response = Response(answer.content, answer.status_code)
        response.raw_headers = answered_headers(answer.headers.raw)
        if b"content-encoding" in dict(answer.headers.raw):
            response.headers["vary"] = "accept-encoding"
        if answer.status_code not in {204, 304}:
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


def _unavailable(error: httpx.HTTPError) -> Response:
    """Say that the local API does not answer."""
    problem = {
        "type": "urn:problem-type:gigsta:service_unavailable",
        "title": "Service Unavailable",
        "status": 503,
        "detail": f"The local API does not answer ({type(error).__name__}).",
        "code": "service_unavailable",
    }
    return JSONResponse(problem, 503, {"retry-after": "1"}, media_type="application/problem+json")
