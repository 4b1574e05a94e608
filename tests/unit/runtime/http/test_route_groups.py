"""Groups of routes are loaded when a request needs them, and say truly which paths are theirs."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from common.runtime.http import RouteGroups, whole
from common.runtime.http.route_groups import GroupLoader
from fastapi import FastAPI
from fastapi.routing import APIRoute

if TYPE_CHECKING:
    from collections.abc import Iterator

FUNCTIONS = Path(__file__).parents[3] / "functions"
ROUTERS = {
    path.parent.name: importlib.import_module(f"functions.{path.parent.name}.routes").router
    for path in sorted(FUNCTIONS.glob("*/routes.py"))
}
GROUPED = sorted(area for area, router in ROUTERS.items() if isinstance(router, RouteGroups))
FIXED = """
from fastapi import APIRouter
router = APIRouter()

@router.get("/things/new")
async def fixed() -> str:
    return "fixed"
"""
NAMED = """
from fastapi import APIRouter
router = APIRouter()

@router.get("/things/{name}")
async def named(name: str) -> str:
    return name

@router.get("/things/{name}/parts")
async def parts(name: str) -> str:
    return "parts of " + name
"""


@pytest.fixture
def groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RouteGroups]:
    package = tmp_path / "stub_area"
    package.mkdir()
    for name, text in {"__init__": "", "fixed_routes": FIXED, "named_routes": NAMED}.items():
        (package / f"{name}.py").write_text(text)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield RouteGroups(
        "stub_area",
        ("fixed_routes:router", "/things/new"),
        ("named_routes:router", "/things/{name}", "/things/{name}/parts"),
    )
    for name in [name for name in sys.modules if name.split(".")[0] == "stub_area"]:
        del sys.modules[name]


def _client(groups: RouteGroups) -> httpx.AsyncClient:
    app = FastAPI()
    app.add_middleware(GroupLoader, groups=groups, router=app.router)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://api.test")


def _loaded() -> set[str]:
    return {name for name in sys.modules if name.startswith("stub_area.")}


@pytest.mark.parametrize("area", GROUPED)
def test_every_group_names_the_paths_of_all_its_routes(area: str) -> None:
    whole(ROUTERS[area])
    for group in ROUTERS[area].groups:
        routes = [route for route in group.router.routes if isinstance(route, APIRoute)]
        assert {route.path for route in routes} == set(group.paths), group.source
        assert not any(":" in path for path in group.paths), "a named segment of a group takes one segment"


async def test_a_request_loads_the_groups_that_can_match_its_path(groups: RouteGroups) -> None:
    async with _client(groups) as client:
        assert _loaded() == set()
        assert (await client.get("/elsewhere")).status_code == 404
        assert _loaded() == set()
        assert (await client.get("/things/a/parts")).json() == "parts of a"
        assert _loaded() == {"stub_area.named_routes"}


async def test_groups_keep_their_order_however_they_were_loaded(groups: RouteGroups) -> None:
    async with _client(groups) as client:
        assert (await client.get("/things/a")).json() == "a"
        assert (await client.get("/things/new")).json() == "fixed"
        assert (await client.get("/things/b")).json() == "b"
        assert (await client.post("/things/b")).status_code == 405


async def test_two_applications_share_their_groups(groups: RouteGroups) -> None:
    async with _client(groups) as first, _client(groups) as second:
        assert (await first.get("/things/a")).json() == "a"
        assert (await second.get("/things/a")).json() == "a"


def test_the_whole_router_has_the_routes_of_all_groups(groups: RouteGroups) -> None:
    names = [route.name for route in whole(groups).routes if isinstance(route, APIRoute)]
    assert names == ["fixed", "named", "parts"]
