"""Nothing of a request runs in a thread: a hop there and back costs more than most of what would run in it."""

from __future__ import annotations

import importlib
import inspect
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from fastapi.routing import APIRoute, iter_route_contexts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fastapi.dependencies.models import Dependant

AREAS = sorted(path.parent.name for path in (Path(__file__).parents[4] / "functions").glob("*/app.py"))


@pytest.mark.parametrize("area", AREAS)
def test_every_route_and_dependency_is_asynchronous(area: str) -> None:
    router = importlib.import_module(f"functions.{area}.routes").router
    routes = [context.original_route for context in iter_route_contexts(router.routes)]
    called = {call for route in routes if isinstance(route, APIRoute) for call in _calls(route.dependant)}
    assert called
    assert not [call for call in called if not _is_asynchronous(call)]


def _calls(dependant: Dependant) -> Iterator[Callable[..., object]]:
    if dependant.call is not None:
        yield dependant.call
    for each in dependant.dependencies:
        yield from _calls(each)


def _is_asynchronous(call: Callable[..., object]) -> bool:
    function = call if inspect.isroutine(call) else type(call).__call__
    return inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function)
