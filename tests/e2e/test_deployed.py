"""The real functions, deployed from the built artifacts."""

from __future__ import annotations

import concurrent.futures
from typing import TYPE_CHECKING

import httpx
import pytest

from infra.deploy import routes
from infra.local.demo.furnish import furnish
from infra.local.demo.people import wait_for
from infra.local.demo.stage import Stage
from infra.local.demo.story import act

if TYPE_CHECKING:
    from infra.local.cloud import LocalCloud

ROUTES = [
    ("GET" if route.method == "ANY" else route.method, route.path)
    for route in routes.deployed()
    if route.path != routes.DEFAULT
]
READINESS = ("GET", "/v1/health/ready")


def test_every_part_is_ready(cloud: LocalCloud) -> None:
    def ready() -> httpx.Response | None:
        answer = httpx.get(f"{cloud.base_url}{READINESS[1]}", timeout=40)
        return answer if answer.status_code == 200 else None  # a cold start's imports may outlast a probe

    assert wait_for("readiness", ready).json()["status"] == "ready"


def test_every_route_is_served_and_answers_strangers_without_a_fault(cloud: LocalCloud) -> None:
    def ask(method: str, url: str) -> httpx.Response:
        return httpx.request(method, url, json={} if method in {"POST", "PUT", "PATCH"} else None, timeout=40)

    def call(route: tuple[str, str]) -> str | None:
        method, path = route
        url = cloud.base_url + path.replace("{", "").replace("}", "")
        answer = ask(method, url)
        if answer.status_code == 503:
            answer = ask(method, url)  # a cold start may outlast the time of a request, which then says so cleanly
        is_problem = answer.headers.get("content-type") == "application/problem+json" and method != "HEAD"
        code = answer.json()["code"] if is_problem else ""
        is_asset = path == "/docs/assets/{name}" and answer.status_code == 404  # no file is called {name}
        is_right = is_asset or (answer.status_code < 500 and code not in {"route_not_found", "method_not_allowed"})
        return None if is_right else f"{method} {path}: {answer.status_code} {answer.text[:200]}"

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        faults = [*pool.map(call, (route for route in ROUTES if route != READINESS))]
    # By itself: it rightly says no while the starts of others outlast its probes.
    assert [fault for fault in (*faults, call(READINESS)) if fault] == []


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/v1/nowhere", 404, "route_not_found"),
        ("PUT", "/v1/health", 405, "method_not_allowed"),
        ("PUT", "/v1/users/me", 405, "method_not_allowed"),
        ("TRACE", "/v1/health", 405, "method_not_allowed"),
        ("BREW", "/v1/health", 405, "method_not_allowed"),
    ],
)
def test_unknown_routes_are_problems_like_any_other(
    cloud: LocalCloud, method: str, path: str, status: int, code: str
) -> None:
    answer = httpx.request(method, f"{cloud.base_url}{path}", timeout=40)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status
    assert answer.json()["request_id"] == answer.headers["x-request-id"]


@pytest.mark.parametrize("path", ["/v1/health", "/v1/categories", "/v1/users/me", "/docs", "/v1/nowhere"])
def test_head_answers_as_get_does_without_a_body(cloud: LocalCloud, path: str) -> None:
    got, asked = (httpx.request(method, f"{cloud.base_url}{path}", timeout=40) for method in ("GET", "HEAD"))
    assert (asked.status_code, asked.content) == (got.status_code, b"")
    assert asked.headers["content-type"] == got.headers["content-type"]
    assert asked.headers["content-length"] == got.headers["content-length"]


def test_the_people_one_can_sign_in_as_get_bookings_in_different_states(cloud: LocalCloud) -> None:
    with Stage(cloud) as stage:
        customer, provider = stage.seeded_person("customer"), stage.seeded_person("provider")
        before = provider.call("GET", "/v1/providers/me/availability")
        made = furnish(cloud)
        seen = {what: customer.call("GET", f"/v1/bookings/{made[what]}")["status"] for what in made}
        after = provider.call("GET", "/v1/providers/me/availability")
        counted = stage.seeded_person("admin").call("GET", "/v1/admin/analytics/dashboard")["bookings"]["created"]
    assert counted["total"] >= len(made)
    assert seen == {
        "requested": "requested",
        "accepted": "accepted",
        "accepted later": "accepted",
        "declined": "declined",
        "cancelled": "cancelled",
        "completed": "completed",
    }
    assert after["weekly"] == before["weekly"]
    assert after["minimum_notice_minutes"] == before["minimum_notice_minutes"]


@pytest.mark.timeout(300)
def test_a_furnishing_that_was_interrupted_is_finished_and_nothing_is_made_twice(cloud: LocalCloud) -> None:
    made = furnish(cloud)
    with Stage(cloud) as stage:
        customer, provider = stage.seeded_person("customer"), stage.seeded_person("provider")

        def there_is() -> list[int]:
            paths = ("bookings?limit=100", "conversations?limit=100", "job-requests?limit=100")
            found = [len(customer.call("GET", f"/v1/{path}")["items"]) for path in paths]
            reports = provider.call("GET", "/v1/reports/mine?limit=100")["items"]
            talk = customer.call("GET", f"/v1/bookings/{made['requested']}")["conversation_id"]
            said = customer.call("GET", f"/v1/conversations/{talk}/messages?limit=100")["items"]
            return [*found, len(reports), len(said)]

        before = there_is()
        act(customer, made["accepted later"], "cancel", {"reason": "Plans changed"})
        again = furnish(cloud)
        status = customer.call("GET", f"/v1/bookings/{made['accepted later']}")["status"]
        assert (again, there_is(), status) == (made, before, "cancelled")


@pytest.mark.parametrize("words", ["plumber", "house cleaning", "piano", "dog walk", "lawn", "heat pump"])
def test_what_one_would_search_for_first_is_there(cloud: LocalCloud, words: str) -> None:
    query = {"q": words, "lat": "-36.8485", "lng": "174.7633", "radius_km": "25"}
    assert httpx.get(f"{cloud.base_url}/v1/search/services", params=query, timeout=40).json()["items"] != []
