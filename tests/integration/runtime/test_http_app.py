"""What every function's application does on its own: error shapes, ids, header fields, limits, CORS."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from enum import StrEnum
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any, Literal

import pytest
from common.domain.shared.errors import (
    ActionNotAvailable,
    InvalidInput,
    RateLimited,
    Unauthenticated,
    Unavailable,
    VersionConflict,
)
from common.runtime.container.http import HttpContainer
from common.runtime.http import create_handler
from common.runtime.http.middleware import SECURITY_HEADERS
from common.runtime.http.schemas import Instant, MoneySchema, RequestModel
from common.runtime.needs import HTTP
from fastapi import APIRouter, Query
from starlette.responses import PlainTextResponse

from tests.support import app_client, make_container, make_settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import httpx
    from common.runtime.container.bootstrap import Container

ORIGIN = "https://app.example"
router = APIRouter()


class Nested(RequestModel):
    price: MoneySchema
    at: Instant


class Colour(StrEnum):
    RED = "red"
    GREEN = "green"


class Body(RequestModel):
    name: str
    colour: Literal[Colour.RED, Colour.GREEN] = Colour.RED
    password: str = ""
    nested: list[Nested] | None = None


@router.post("/things", status_code=201)
async def create_thing(body: Body) -> Body:
    return body


@router.get("/things")
async def list_things(limit: Annotated[int, Query(ge=1, le=100)] = 20) -> dict[str, int]:
    return {"limit": limit}


@router.post("/bulk", max_body_size=200_000)
async def bulk(body: Body) -> dict[str, int]:
    return {"length": len(body.name)}


@router.post("/deaf")
async def deaf() -> dict[str, int]:
    return {}


@router.get("/plain-error")
async def plain_error() -> PlainTextResponse:
    return PlainTextResponse("secret internals", 418)


@router.get("/raise/{kind}")
async def fail(kind: str) -> None:
    errors: dict[str, Exception] = {
        "bug": RuntimeError("password=hunter2"),
        "conflict": ActionNotAvailable("Not now.", extra={"status": 1, "state": "accepted"}),
        "input": InvalidInput.of("start_at", "Too soon.", "too_soon"),
        "version": VersionConflict("Stale."),
        "limit": RateLimited(retry_after=7),
        "away": Unavailable(retry_after=9),
        "who": Unauthenticated("Sign in."),
    }
    raise errors[kind]


@pytest.fixture(scope="module")
async def container() -> AsyncIterator[Container]:
    """A container whose database nobody asks for."""
    uri = "mongodb://127.0.0.1:1/?directConnection=true"
    made = make_container(uri, "unused", settings=make_settings(uri, "unused", CORS_ORIGINS=ORIGIN))
    yield made
    await made.close()


@pytest.fixture
async def client(container: Container) -> AsyncIterator[httpx.AsyncClient]:
    async with app_client(router, container) as made:
        yield made


def _problem(response: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """Check the shape that all errors have and return the document."""
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    document = response.json()
    assert {"type", "title", "status", "detail", "code", "request_id"} <= set(document)
    assert (document["status"], document["code"]) == (status, code)
    assert document["type"].endswith(f":{code}")
    assert document["request_id"] == response.headers["x-request-id"]
    return dict(document)


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("conflict", 409, "action_not_available"), ("input", 422, "invalid_input"),
        ("version", 412, "version_conflict"),
        ("limit", 429, "rate_limited"), ("away", 503, "unavailable"), ("who", 401, "unauthenticated"),
    ],
)  # fmt: skip
async def test_our_errors_have_one_shape(client: httpx.AsyncClient, kind: str, status: int, code: str) -> None:
    _problem(await client.get(f"/raise/{kind}"), status, code)


async def test_errors_say_more_where_it_helps(client: httpx.AsyncClient) -> None:
    conflict = _problem(await client.get("/raise/conflict"), 409, "action_not_available")
    assert (conflict["state"], conflict["detail"]) == ("accepted", "Not now.")
    document = _problem(await client.get("/raise/input"), 422, "invalid_input")
    assert document["errors"] == [{"field": "start_at", "message": "Too soon.", "code": "too_soon"}]
    assert (await client.get("/raise/limit")).headers["retry-after"] == "7"
    assert (await client.get("/raise/away")).headers["retry-after"] == "9"
    assert (await client.get("/raise/who")).headers["www-authenticate"] == "Bearer"


async def test_a_bug_tells_nothing_but_its_request_id(client: httpx.AsyncClient) -> None:
    response = await client.get("/raise/bug")
    _problem(response, 500, "internal_error")
    assert "hunter2" not in response.text
    assert "Traceback" not in response.text


async def test_unknown_routes_and_methods_have_the_same_shape(client: httpx.AsyncClient) -> None:
    _problem(await client.get("/nowhere"), 404, "route_not_found")
    _problem(await client.get("/things/"), 404, "route_not_found")
    response = await client.delete("/things")
    _problem(response, 405, "method_not_allowed")
    assert response.headers["allow"]


async def test_an_error_in_another_shape_is_put_into_ours(client: httpx.AsyncClient) -> None:
    response = await client.get("/plain-error")
    _problem(response, 418, "http_error")
    assert "internals" not in response.text


async def test_every_wrong_field_is_named_with_its_reason_and_never_with_its_value(client: httpx.AsyncClient) -> None:
    body = {
        "password": ["hunter2"], "unknown": 1,
        "nested": [{"price": {"amount": 1.5, "currency": "NZD"}, "at": "2026-11-20T09:00:00"}],
    }  # fmt: skip
    response = await client.post("/things", json=body)
    document = _problem(response, 422, "invalid_input")
    codes = {error["field"]: error["code"] for error in document["errors"]}
    assert codes == {
        "name": "missing", "password": "string_type", "unknown": "extra_forbidden",
        "nested.0.price.amount": "int_type", "nested.0.price.currency": "string_pattern_mismatch",
        "nested.0.at": "timezone_aware",
    }  # fmt: skip
    assert "hunter2" not in response.text
    assert all(error["message"] for error in document["errors"])


@pytest.mark.parametrize("content", [b"{", b"[1", b"nonsense", b'{"name": NaN1}'])
async def test_a_body_that_is_no_json_is_422(client: httpx.AsyncClient, content: bytes) -> None:
    response = await client.post("/things", content=content, headers={"content-type": "application/json"})
    document = _problem(response, 422, "invalid_input")
    assert document["errors"][0]["field"] == "body"


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"[" * 30_000])
async def test_a_body_that_cannot_be_read_at_all_is_400(client: httpx.AsyncClient, content: bytes) -> None:
    response = await client.post("/things", content=content, headers={"content-type": "application/json"})
    assert "JSON" in _problem(response, 400, "bad_request")["detail"]


@pytest.mark.parametrize("content", [b"[]", b"null", b"", b'"x"'])
async def test_a_body_that_is_no_object_is_told_what_to_send(client: httpx.AsyncClient, content: bytes) -> None:
    response = await client.post("/things", content=content, headers={"content-type": "application/json"})
    (error,) = _problem(response, 422, "invalid_input")["errors"]
    assert (error["field"], "application/json" in error["message"]) == ("body", True)


async def test_a_body_of_another_type_is_told_what_to_send(client: httpx.AsyncClient) -> None:
    response = await client.post("/things", content=b'{"name": "a"}', headers={"content-type": "text/plain"})
    (error,) = _problem(response, 422, "invalid_input")["errors"]
    assert (error["field"], "Content-Type: application/json" in error["message"]) == ("body", True)


async def test_choices_are_told_as_they_are_sent(client: httpx.AsyncClient) -> None:
    response = await client.post("/things", json={"name": "a", "colour": "blue"})
    (error,) = _problem(response, 422, "invalid_input")["errors"]
    assert error["message"] == "Input should be 'red' or 'green'"


async def test_a_query_parameter_is_named_too(client: httpx.AsyncClient) -> None:
    document = _problem(await client.get("/things", params={"limit": 101}), 422, "invalid_input")
    assert [error["field"] for error in document["errors"]] == ["limit"]


async def test_the_number_of_reported_errors_is_bounded(client: httpx.AsyncClient) -> None:
    response = await client.post("/things", json={"name": "x", **{f"field{n}": 1 for n in range(500)}})
    assert len(_problem(response, 422, "invalid_input")["errors"]) == 50


async def test_bodies_are_bounded_and_a_route_may_take_more(client: httpx.AsyncClient) -> None:
    large = {"name": "x" * 70_000}
    _problem(await client.post("/things", json=large), 413, "payload_too_large")
    _problem(await client.post("/deaf", json=large), 413, "payload_too_large")
    assert (await client.post("/bulk", json=large)).json() == {"length": 70_000}
    _problem(await client.post("/bulk", json={"name": "x" * 200_001}), 413, "payload_too_large")


async def test_a_body_without_a_length_is_bounded_too(client: httpx.AsyncClient) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield b'{"name": "'
        for _ in range(70):
            yield b"x" * 1000
        yield b'"}'

    headers = {"content-type": "application/json"}
    _problem(await client.post("/things", content=chunks(), headers=headers), 413, "payload_too_large")


async def test_the_callers_request_id_is_kept_if_it_is_sane(client: httpx.AsyncClient) -> None:
    sane = (await client.get("/things", headers={"X-Request-Id": "trace-12345"})).headers["x-request-id"]
    assert sane == "trace-12345"
    odd = (await client.get("/things", headers={"X-Request-Id": 'x"; drop'})).headers["x-request-id"]
    assert odd.startswith("req-")
    first, second = [(await client.get("/things")).headers["x-request-id"] for _ in range(2)]
    assert first != second


@pytest.mark.parametrize("path", ["/things", "/nowhere", "/raise/bug"])
async def test_every_response_has_security_headers(client: httpx.AsyncClient, path: str) -> None:
    headers = (await client.get(path)).headers
    assert {name: headers.get(name) for name in SECURITY_HEADERS} == SECURITY_HEADERS


async def test_browsers_of_the_given_origins_only_may_call(client: httpx.AsyncClient) -> None:
    ask = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,idempotency-key"}
    allowed = await client.options("/things", headers={"Origin": ORIGIN, **ask})
    assert (allowed.status_code, allowed.headers["access-control-allow-origin"]) == (200, ORIGIN)
    assert allowed.headers["access-control-allow-credentials"] == "true"
    refused = await client.options("/things", headers={"Origin": "https://evil.example", **ask})
    assert "access-control-allow-origin" not in refused.headers
    simple = await client.get("/things", headers={"Origin": ORIGIN})
    assert "x-request-id" in simple.headers["access-control-expose-headers"].lower()


def _event(method: str, path: str, body: str | None = None) -> dict[str, Any]:
    """An event of API Gateway's payload format 2.0."""
    context = {
        "http": {"method": method, "path": path, "sourceIp": "203.0.113.9", "protocol": "HTTP/1.1"},
        "stage": "$default",
    }
    return {
        "version": "2.0", "routeKey": "$default", "rawPath": path, "rawQueryString": "", "isBase64Encoded": False,
        "headers": {"host": "api.test", "content-type": "application/json"}, "requestContext": context, "body": body,
    }  # fmt: skip


def test_the_lambda_handler_answers_invocation_after_invocation(monkeypatch: pytest.MonkeyPatch) -> None:
    environ = {
        "STAGE": "test",
        "MONGODB_URI": "mongodb://127.0.0.1:1",
        "MONGODB_DATABASE": "x",
        "PUBLIC_BASE_URL": "http://x",
    }
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    handler = create_handler(router, service="test", needs=(HTTP,), container=HttpContainer)
    with ThreadPoolExecutor(1) as lambda_thread:
        created, refused, listed = (
            lambda_thread.submit(handler, event, None).result()
            for event in (
                _event("POST", "/things", '{"name": "x"}'),
                _event("POST", "/things", "{}"),
                _event("GET", "/things"),
            )
        )
    assert (created["statusCode"], listed["statusCode"]) == (HTTPStatus.CREATED, HTTPStatus.OK)
    assert refused["isBase64Encoded"] is False
    assert json.loads(refused["body"])["errors"][0]["field"] == "name"


def test_an_application_without_settings_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MONGODB_DATABASE", raising=False)
    monkeypatch.delenv("STAGE", raising=False)
    with pytest.raises(RuntimeError, match=r"search.*STAGE.*MONGODB_DATABASE"):
        create_handler(router, service="search", needs=(HTTP,), container=HttpContainer)(_event("GET", "/things"), None)
