"""The applications: one for each folder of ``functions`` that has a ``routes.py``."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi.routing import RouteContext, iter_route_contexts

if TYPE_CHECKING:
    from fastapi import APIRouter

FUNCTIONS = Path(__file__).parents[1] / "functions"


def areas() -> list[str]:
    """Names of the functions that have routes, in alphabetical order."""
    return sorted(path.parent.name for path in FUNCTIONS.glob("*/routes.py"))


def router(area: str) -> APIRouter:
    """All routes of a function.

    Args:
        area: its folder below ``functions``.
    """
    found: APIRouter = importlib.import_module(f"functions.{area}.routes").router
    return found


def routes(area: str) -> list[RouteContext]:
    """Every route of a function, those of included routers among them.

    Args:
        area: its folder below ``functions``.
    """
    return list(iter_route_contexts(router(area).routes))
