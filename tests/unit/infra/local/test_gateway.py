"""What the local gateway answers on its own has the shape of the API's own answers, and HEAD passes through."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import httpx
import pytest
from common.runtime.http import problems

from infra.local import info
from infra.local.gateway import proxy
from infra.local.gateway.__main__ import create_app
from infra.web import app

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

MEMBERS = {"type", "title", "status", "detail", "code", "request_id"}


@asynccontextmanager
async def gateway(answer: bytes) -> AsyncIterator[tuple[httpx.AsyncClient, list[bytes]]]:
    """A client of a gateway before an API that answers everything with this, and the first lines that it was sent."""
    seen: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await reader.readline())
        writer.write(answer)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        aws_url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        cloud = info.CloudInfo(
            pid=1, base_url="http://localhost:1", aws_url=aws_url, runner_url=aws_url, stripe_url="", mongodb_uri="",
            database="", clock_file="", outputs={"ApiId": "a1", "RealtimeApiId": "live"},
        )  # fmt: skip
        transport = httpx.ASGITransport(create_app(cloud))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost:1") as client:
            yield client, seen


def answer(status: str, body: bytes, *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"content-length: {len(body)}", *headers, "connection: close", "", ""]
    return "\r\n".join(lines).encode() + body


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("404 Not Found", "route_not_found"), ("413 Content Too Large", "payload_too_large"),
        ("429 Too Many Requests", "rate_limited"), ("400 Bad Request", "bad_request"),
        ("418 Teapot", "http_error"), ("500 Internal Server Error", "internal_error"),
        ("503 Service Unavailable", "service_unavailable"), ("504 Gateway Timeout", "internal_error"),
    ],
)  # fmt: skip
async def test_an_error_that_is_not_the_apis_own_gets_its_shape(status: str, code: str) -> None:
    bare = answer(status, b'{"message":"x"}', "content-type: application/json", "retry-after: 7")
    async with gateway(bare) as (client, _):
        response = await client.get("/v1/health")
    document = response.json()
    assert response.headers["content-type"] == "application/problem+json"
    assert set(document) == MEMBERS
    assert (response.status_code, document["status"], document["code"]) == (int(status[:3]), int(status[:3]), code)
    assert response.headers["x-request-id"] == document["request_id"]
    assert response.headers["retry-after"] == "7"


async def test_the_apis_own_errors_and_answers_pass_as_they_are() -> None:
    own = b'{"code":"slot_unavailable","status":409}'
    async with gateway(answer("409 Conflict", own, "content-type: application/problem+json")) as (client, _):
        assert (await client.get("/v1/bookings")).content == own
    async with gateway(answer("200 OK", b"text", "content-type: text/plain")) as (client, _):
        assert (await client.get("/docs")).content == b"text"


@pytest.mark.parametrize("method", ["TRACE", "BREW", "PROPFIND"])
async def test_a_method_that_no_gateway_takes_is_a_problem(method: str) -> None:
    async with gateway(b"") as (client, seen):
        response = await client.request(method, "/v1/health")
    assert (response.status_code, response.json()["code"]) == (405, "method_not_allowed")
    assert "GET" in response.headers["allow"]
    assert seen == []


async def test_an_unknown_page_of_its_own_is_a_problem() -> None:
    async with gateway(b"") as (client, _):
        response = await client.get("/_dev/nothing")
    assert (response.status_code, response.json()["code"]) == (404, "route_not_found")


async def test_head_goes_through_with_the_length_that_get_would_have() -> None:
    head = b"HTTP/1.1 200 OK\r\ncontent-length: 15\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n"
    async with gateway(head) as (client, seen):
        response = await client.head("/v1/health")
    assert seen[0].startswith(b"HEAD ")
    assert (response.status_code, response.content, response.headers["content-length"]) == (200, b"", "15")


async def test_files_of_the_app_are_compressed_as_cloudfront_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "DIST", tmp_path)
    (tmp_path / "assets").mkdir()
    for name in ("large.js", "font.woff2"):
        (tmp_path / "assets" / name).write_text("text " * 1_000, encoding="utf-8")
    (tmp_path / "assets" / "small.js").write_text("text", encoding="utf-8")
    async with gateway(b"") as (client, seen):
        large, font, small = [await client.get(f"/assets/{name}") for name in ("large.js", "font.woff2", "small.js")]
        plain = await client.get("/assets/large.js", headers={"accept-encoding": "identity"})
        (tmp_path / "assets" / "large.js").write_text("other " * 1_000, encoding="utf-8")
        changed = await client.get("/assets/large.js")
    assert seen == []
    assert int(large.headers["content-length"]) < 1_000 < len(large.text)
    assert {each.headers["vary"] for each in (large, plain)} == {"Accept-Encoding"}
    assert {each.headers.get("content-encoding") for each in (font, small, plain)} == {None}
    assert (large.text, changed.text) == (plain.text, "other " * 1_000)
    assert {each.headers["cache-control"] for each in (large, font)} == {app.FOREVER}


def test_the_gateways_codes_are_the_apis() -> None:
    assert {**proxy.CODES, 503: "unavailable"}.items() <= problems.CODES.items()
