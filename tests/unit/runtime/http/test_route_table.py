"""The table of routes finds what trying them one after another finds."""

import pytest
from common.runtime.http.route_table import RouteTable
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Route

from infra import applications


async def _endpoint(_: Request) -> Response:
    return Response()


_ROUTES = [
    Route("/v1/things/mine", _endpoint, methods=["GET"]),
    Route("/v1/things/{thing_id}", _endpoint, methods=["GET"]),
    Route("/v1/things/{thing_id}", _endpoint, methods=["PUT"]),
    Route("/v1/{kind}/all", _endpoint, methods=["POST"]),
    Route("/v1/files/{name:path}", _endpoint, methods=["GET"]),
    Route("/", _endpoint, methods=["GET"]),
]
_PATHS = [
    "/v1/things/mine", "/v1/things/7", "/v1/things/7/", "/v1/things", "/v1/other/all", "/v1/things/all",
    "/v1/files/a/b/c", "/v1/files/a", "/", "", "/v1", "//things/7", "/v1//all",
]  # fmt: skip


def _first(routes: list[BaseRoute], path: str, method: str) -> tuple[Match, object]:
    """What a router finds that tries one after another."""
    scope = {"type": "http", "path": path, "method": method}
    found = [(match, child) for match, child in (route.matches(scope) for route in routes) if match is not Match.NONE]
    whole = [each for each in found if each[0] is Match.FULL]
    if not found:
        return Match.NONE, None
    match, child = (whole or found)[0]
    return match, (child.get("endpoint"), child.get("path_params"), child.get("route"))


@pytest.mark.parametrize("method", ["GET", "PUT", "POST", "DELETE"])
@pytest.mark.parametrize("path", _PATHS)
def test_it_finds_what_one_after_another_finds(path: str, method: str) -> None:
    assert _first([RouteTable(_ROUTES)], path, method) == _first([*_ROUTES], path, method)


@pytest.mark.parametrize("area", applications.areas())
def test_it_finds_every_route_of_a_function(area: str) -> None:
    routes = applications.router(area).routes
    table = RouteTable(routes)
    for path in {each.path for each in routes if isinstance(each, Route)}:
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
            asked = path.replace("{", "").replace("}", "")
            assert _first([table], asked, method) == _first(list(routes), asked, method)
