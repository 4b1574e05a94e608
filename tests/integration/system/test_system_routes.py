"""Health, readiness, the API's description and its page."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

from functions.system.docs_assets import assets
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
    """Collects what a page would load, and what stands in it that a strict policy forbids."""

    def __init__(self) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.inline: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "script" and not values.get("src"):
            self.inline.append(tag)
        self.inline += [name for name in values if name == "style" or name.startswith("on")]
        if tag in {"script", "img", "iframe"} or values.get("rel") == "stylesheet":
            self.loaded.append(str(values.get("src") or values.get("href")))
        elif tag == "style":
            self.inline.append(tag)


async def test_the_page_loads_what_this_api_ships_and_nothing_else(client: httpx.AsyncClient) -> None:
    response = await client.get("/docs")
    assert response.headers["content-type"].startswith("text/html")
    page = PageCheck()
    page.feed(response.text)
    assert (len(page.loaded), page.inline) == (4, [])
    for address in page.loaded:
        shipped = await client.get(f"/{address}")
        assert shipped.status_code == 200, address
        assert shipped.headers["content-type"] in {"text/css; charset=utf-8", "text/javascript; charset=utf-8"}
        assert shipped.headers["cache-control"] == "public, max-age=31536000, immutable"


async def test_the_page_s_files_come_compressed_to_clients_that_accept_them_so(client: httpx.AsyncClient) -> None:
    name = assets()["swagger-ui-bundle.js"].name

    small = await client.get(f"/docs/assets/{name}")
    plain = await client.get(f"/docs/assets/{name}", headers={"accept-encoding": "identity"})

    assert (small.headers["content-encoding"], "content-encoding" in plain.headers) == ("gzip", False)
    assert small.headers["vary"] == plain.headers["vary"] == "Accept-Encoding"
    assert small.content == plain.content
    assert int(small.headers["content-length"]) < 600_000 < len(plain.content) < 6_000_000


@pytest.mark.parametrize("name", ["page.js", "page.000000000000.js", "..%2Froutes.py", "swagger-ui-bundle.js.map"])
async def test_a_file_that_the_page_does_not_load_is_not_found(client: httpx.AsyncClient, name: str) -> None:
    response = await client.get(f"/docs/assets/{name}")
    assert (response.status_code, response.json()["code"]) == (404, "route_not_found")


async def test_the_pages_policy_allows_own_files_only(client: httpx.AsyncClient) -> None:
    policy = (await client.get("/docs")).headers["content-security-policy"]
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == rules["frame-ancestors"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == rules["connect-src"] == "'self'"
    assert not [word for word in ("unsafe", "http", "*") if word in policy]


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
