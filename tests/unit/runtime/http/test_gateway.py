"""Events of API Gateway in payload format 2.0, and answers to them."""

import base64
from typing import Any

from common.runtime.http.gateway import HttpApiEvent
from mangum.types import LambdaConfig

_CONFIG: LambdaConfig = {"api_gateway_base_path": "/", "text_mime_types": [], "exclude_headers": []}


def _event(**changes: Any) -> dict[str, Any]:
    http = {"method": "GET", "path": "/v1/caf%C3%A9", "sourceIp": "203.0.113.9"}
    return {
        "version": "2.0",
        "rawQueryString": "a=1&b=%20",
        "headers": {"Host": "api.example.com", "x-forwarded-proto": "https", "x-many": "1,2"},
        "requestContext": {"http": http, "requestId": "gw"},
        "isBase64Encoded": False,
        **changes,
    }


def _read(event: dict[str, Any]) -> HttpApiEvent:
    assert HttpApiEvent.infer(event, None, _CONFIG)
    return HttpApiEvent(event, None, _CONFIG)


def test_the_request_has_what_the_event_says() -> None:
    scope = _read(_event(cookies=["a=1", "b=2"])).scope
    assert (scope["method"], scope["path"], scope["query_string"]) == ("GET", "/v1/café", b"a=1&b=%20")
    assert (scope["client"], scope["scheme"]) == (("203.0.113.9", 0), "https")
    assert (b"host", b"api.example.com") in scope["headers"]
    assert (b"cookie", b"a=1; b=2") in scope["headers"]
    assert scope["aws.event"]["requestContext"]["requestId"] == "gw"


def test_a_body_is_bytes_however_it_travelled() -> None:
    assert _read(_event(body="héllo")).body == "héllo".encode()
    assert _read(_event(body=base64.b64encode(b"\xff\x00").decode(), isBase64Encoded=True)).body == b"\xff\x00"
    assert _read(_event()).body == b""


def test_text_travels_as_text_and_all_else_as_base64() -> None:
    text = _answer(b'{"a":1}', [(b"content-type", b"application/problem+json")])
    assert (text["body"], text["isBase64Encoded"]) == ('{"a":1}', False)
    image = _answer(b"\xff\xd8", [(b"content-type", b"image/jpeg")])
    assert (base64.b64decode(image["body"]), image["isBase64Encoded"]) == (b"\xff\xd8", True)
    mislabelled = _answer(b"\xff\xd8", [(b"content-type", b"text/plain")])
    assert (base64.b64decode(mislabelled["body"]), mislabelled["isBase64Encoded"]) == (b"\xff\xd8", True)
    assert _answer(b"", [])["body"] == ""


def test_cookies_are_apart_and_repeated_fields_one() -> None:
    answer = _answer(b"", [(b"Set-Cookie", b"a=1"), (b"set-cookie", b"b=2"), (b"Link", b"<x>"), (b"link", b"<y>")])
    assert answer["cookies"] == ["a=1", "b=2"]
    assert answer["headers"] == {"link": "<x>,<y>"}
    assert "cookies" not in _answer(b"", [])


def _answer(body: bytes, headers: list[tuple[bytes, bytes]]) -> dict[str, Any]:
    return _read(_event())({"status": 200, "headers": [[*field] for field in headers], "body": body})
