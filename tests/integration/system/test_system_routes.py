"""Health, readiness, the API's description and its page."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

from tests.support import api_client

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import httpx
    from common.runtime.container.bootstrap import Container


@dataclass
class FakeProbes:
    """Dependencies that answer, refuse or stall."""

    away: set[str] = field(default_factory=set)
    stalling: set[str] = field(default_factory=set)

    async def _answer(self, name: str) -> None:
        if name in self.stalling:
            await asyncio.sleep(60)
        if name in self.away:
            raise ConnectionError(name)

    async def database(self) -> None:
        await self._answer("database")

    async def queue(self) -> None:
        await self._answer("queue")

    async def stripe(self) -> None:
        await self._answer("stripe")


@pytest.fixture
def probes() -> FakeProbes:
    return FakeProbes()


@pytest.fixture
async def client(container: Container, probes: FakeProbes) -> AsyncIterator[httpx.AsyncClient]:
    async with api_client("system", container.replace(probes=probes)) as made:
        yield made


async def test_a_living_process_says_so(client: httpx.AsyncClient) -> None:
    response = await client.get("/v1/health")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


@pytest.mark.parametrize(
    ("away", "status_code", "status"),
    [
        (set(), 200, "ready"), ({"queue"}, 200, "degraded"), ({"stripe"}, 200, "degraded"),
        ({"database"}, 503, 503), ({"database", "queue", "stripe"}, 503, 503),
    ],
)  # fmt: skip
async def test_each_dependency_has_its_own_verdict(
    client: httpx.AsyncClient, probes: FakeProbes, away: set[str], status_code: int, status: str | int
) -> None:
    probes.away = away
    response = await client.get("/v1/health/ready")
    document = response.json()
    assert (response.status_code, document["status"]) == (status_code, status)
    verdicts = {name: document[name]["is_ok"] for name in ("database", "queue", "stripe")}
    assert verdicts == {name: name not in away for name in verdicts}
    assert ("retry-after" in response.headers) is (status_code == 503)


async def test_a_dependency_that_stalls_does_not_hold_up_the_answer(
    client: httpx.AsyncClient, probes: FakeProbes
) -> None:
    probes.stalling = {"queue", "stripe"}
    async with asyncio.timeout(10):
        document = (await client.get("/v1/health/ready")).json()
    assert document["status"] == "degraded"


async def test_the_database_is_really_asked(container: Container) -> None:
    await container.probes.database()


async def test_the_document_names_this_server_and_every_function(client: httpx.AsyncClient) -> None:
    document = (await client.get("/v1/openapi.json")).json()
    assert document["servers"] == [{"url": "http://api.test"}]
    assert document["openapi"].startswith("3.")
    assert "/v1/health" in document["paths"]


class PageCheck(HTMLParser):
    """Collects what a page links to and what it would load."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.fragments: set[str] = set()
        self.loaded: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if identity := values.get("id"):
            self.ids.add(identity)
        if (target := values.get("href") or "").startswith("#"):
            self.fragments.add(target[1:])
        if tag in {"script", "link", "img", "iframe"}:
            self.loaded.append(tag)


async def test_the_page_shows_every_route_loads_nothing_and_its_links_lead_somewhere(
    client: httpx.AsyncClient,
) -> None:
    response = await client.get("/docs")
    assert response.headers["content-type"].startswith("text/html")
    page = PageCheck()
    page.feed(response.text)
    assert page.loaded == []
    assert page.fragments <= page.ids
    document = (await client.get("/v1/openapi.json")).json()
    for path in document["paths"]:
        assert f"<code>{path}</code>" in response.text


async def test_the_pages_policy_allows_its_own_style_only(client: httpx.AsyncClient) -> None:
    policy = (await client.get("/docs")).headers["content-security-policy"]
    assert re.fullmatch(r"default-src 'none'; style-src 'sha256-[\w+/]+='; frame-ancestors 'none'", policy)


async def test_the_bare_address_leads_to_the_description(client: httpx.AsyncClient) -> None:
    response = await client.get("/", follow_redirects=False)
    assert (response.status_code, response.headers["location"]) == (307, "/docs")


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("DELETE", "/v1/categories", "GET, HEAD"),
        ("PUT", "/v1/bookings", "GET, HEAD, POST"),
        ("PUT", "/v1/services/svc_1", "DELETE, GET, HEAD, PATCH"),
        ("GET", "/v1/bookings/bkg_1/actions/accept", "POST"),
        ("HEAD", "/v1/auth/login", "POST"),
        ("POST", "/v1/health", "GET, HEAD"),
        ("POST", "/docs", "GET, HEAD"),
        ("PUT", "/.well-known/jwks.json", "GET, HEAD"),
    ],
)
async def test_a_method_that_a_path_does_not_have_is_refused_with_those_it_has(
    client: httpx.AsyncClient, method: str, path: str, allow: str
) -> None:
    response = await client.request(method, path)
    assert (response.status_code, response.headers["allow"]) == (405, allow)
    if method != "HEAD":
        assert response.json()["code"] == "method_not_allowed"


@pytest.mark.parametrize(
    "path", ["/v1", "/v1/nowhere", "/v1/bookings/", "/v1//bookings", "/v1/services/a/b/c", "/V1/x"]
)
async def test_a_path_that_does_not_exist_is_not_found(client: httpx.AsyncClient, path: str) -> None:
    for method in ("GET", "POST", "DELETE"):
        response = await client.request(method, path)
        assert (response.status_code, response.json()["code"]) == (404, "route_not_found")


@pytest.mark.parametrize("path", ["/v1/health", "/v1/health/ready", "/v1/openapi.json", "/docs", "/v1/nowhere"])
async def test_head_has_the_header_fields_of_get_and_no_body(client: httpx.AsyncClient, path: str) -> None:
    got, asked = await client.get(path), await client.head(path)
    assert (asked.status_code, asked.content) == (got.status_code, b"")
    other = {"x-request-id"}
    if path == "/v1/health/ready":
        other |= {"content-length"}  # the milliseconds in it differ
    assert {n: v for n, v in asked.headers.items() if n not in other} == {
        n: v for n, v in got.headers.items() if n not in other
    }
