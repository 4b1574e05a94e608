"""An event of API Gateway's as an ASGI request, and the answer as API Gateway takes it."""

import base64
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import unquote

from mangum.types import LambdaConfig, Response, Scope

_ASGI = {"version": "3.0", "spec_version": "2.0"}
#: Media types that API Gateway passes on as text; all others travel as base64.
_TEXT_TYPES = ("text/", "application/json", "application/problem+json")
_COOKIE = "set-cookie"


class HttpApiEvent:
    """One event of an HTTP API in payload format 2.0, the only one that invokes our functions.

    A handler as Mangum takes them (https://mangum.fastapiexpert.com/adapter/#custom-event-handlers). Its own for these
    events makes the request twice, and asks for other formats each time; that was a seventh of what the adapter cost.
    Format: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html

    Args:
        event: what API Gateway sent.
        context: Lambda's.
        config: Mangum's, of which nothing is used.
    """

    def __init__(self, event: dict[str, Any], context: Any, config: LambdaConfig) -> None:  # noqa: ARG002
        self._event = event
        self._context = context

    @classmethod
    def infer(cls, event: dict[str, Any], context: Any, config: LambdaConfig) -> bool:  # noqa: ARG003
        """Whether the event is one of these."""
        return event.get("version") == "2.0" and "requestContext" in event

    @property
    def body(self) -> bytes:
        """The request's body."""
        body: str = self._event.get("body") or ""
        return base64.b64decode(body) if self._event.get("isBase64Encoded") else body.encode()

    @property
    def scope(self) -> Scope:
        """The request as ASGI has it (https://asgi.readthedocs.io/en/latest/specs/www.html#http-connection-scope)."""
        event = self._event
        http = event["requestContext"]["http"]
        headers = {name.lower(): value for name, value in event.get("headers", {}).items()}
        if cookies := event.get("cookies"):
            headers["cookie"] = "; ".join(cookies)
        return {
            "type": "http",
            "asgi": _ASGI,
            "http_version": "1.1",
            "method": http["method"],
            "scheme": headers.get("x-forwarded-proto", "https"),
            "path": unquote(http["path"]) or "/",
            "raw_path": None,
            "root_path": "",
            "query_string": event.get("rawQueryString", "").encode(),
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
            "server": (headers.get("host", ""), None),
            "client": (http["sourceIp"], 0),
            "aws.event": event,
            "aws.context": self._context,
        }

    def __call__(self, response: Response) -> dict[str, Any]:
        """The answer as API Gateway takes it.

        Args:
            response: what the application sent.
        """
        sent = response["headers"]
        headers = {name.decode().lower(): value.decode() for name, value in sent}
        cookies: list[str] = []
        if len(headers) != len(sent) or _COOKIE in headers:
            headers, cookies = _joined(sent)
        text = _text_of(response["body"], headers.get("content-type", ""))
        answer = {
            "statusCode": response["status"],
            "headers": headers,
            "body": base64.b64encode(response["body"]).decode() if text is None else text,
            "isBase64Encoded": text is None,
        }
        return {**answer, "cookies": cookies} if cookies else answer


def _joined(sent: Iterable[Sequence[bytes]]) -> tuple[dict[str, str], list[str]]:
    """The fields, those of one name as one, and the cookies, of which there may be several and which are no fields."""
    headers: dict[str, str] = {}
    cookies: list[str] = []
    for raw_name, raw_value in sent:
        name, value = raw_name.decode().lower(), raw_value.decode()
        if name == _COOKIE:
            cookies.append(value)
        else:
            headers[name] = f"{headers[name]},{value}" if name in headers else value
    return headers, cookies


def _text_of(body: bytes, media_type: str) -> str | None:
    """The body as text; ``None`` where it is none, whatever its type says."""
    if body and not any(each in media_type for each in _TEXT_TYPES):
        return None
    try:
        return body.decode()
    except UnicodeDecodeError:
        return None
