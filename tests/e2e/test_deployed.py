"""The real functions, deployed from the built artifacts."""

from __future__ import annotations

import concurrent.futures
from typing import TYPE_CHECKING

import httpx
import pytest

from infra.build.builder import TEMPLATE
from infra.demo.people import wait_for
from infra.deploy import template as templates

if TYPE_CHECKING:
    from infra.local.cloud import LocalCloud

ROUTES = [
    (method, path)
    for function in templates.functions(templates.load(TEMPLATE))
    for method, path in function.routes
    if path != "$default"
]


def test_every_part_is_ready(cloud: LocalCloud) -> None:
    def ready() -> httpx.Response | None:
        answer = httpx.get(f"{cloud.base_url}/v1/health/ready", timeout=40)
        return answer if answer.status_code == 200 else None  # a cold start's imports may outlast a probe

    assert wait_for("readiness", ready).json()["status"] == "ready"


def test_every_route_answers_strangers_without_a_fault(cloud: LocalCloud) -> None:
    def call(route: tuple[str, str]) -> str | None:
        method, path = route
        url = cloud.base_url + path.replace("{", "").replace("}", "")
        answer = httpx.request(method, url, json={} if method in {"POST", "PUT", "PATCH"} else None, timeout=40)
        return f"{method} {path}: {answer.status_code} {answer.text[:200]}" if answer.status_code >= 500 else None

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        assert [fault for fault in pool.map(call, ROUTES) if fault] == []


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/v1/nowhere", 404), ("PUT", "/v1/health", 405)])
def test_unknown_routes_are_problems_like_any_other(cloud: LocalCloud, method: str, path: str, status: int) -> None:
    answer = httpx.request(method, f"{cloud.base_url}{path}", timeout=40)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status
    assert answer.json()["request_id"] == answer.headers["x-request-id"]
