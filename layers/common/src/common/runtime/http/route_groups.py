"""Routes in groups, each a module of its own, of which a request loads those that can match its path.

Building a route is work: its signature is read, and its models and use cases are imported. A cold start's first request
pays for its own group alone. Where the environment is made ahead of its requests, as for SnapStart, all groups are
loaded before (``runtime.http.app``), so that no request pays anything.
"""

import importlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from fastapi import APIRouter
from starlette.routing import BaseRoute

if TYPE_CHECKING:
    from starlette.routing import Router
    from starlette.types import ASGIApp, Receive, Scope, Send


class RouteGroups:
    """A function's routes.

    Args:
        package: where the groups' modules are.
        groups: each group's module and router (``module:router``), followed by the paths of all its routes, written as
            the routes write them. The first group with a matching route serves a request, as if all were in one router.
    """

    def __init__(self, package: str, *groups: Sequence[str]) -> None:
        self.groups = [_Group(f"{package}.{source}", paths) for source, *paths in groups]

    def load(self, path: str | None = None) -> int:
        """Load the groups that can match a path; without one, all.

        Returns:
            How many are loaded now.
        """
        for group in self.groups:
            if group.router is None and (path is None or group.can_match(path)):
                group.load()
        return sum(group.router is not None for group in self.groups)

    @property
    def routes(self) -> list[BaseRoute]:
        """The routes of the groups that are loaded, in the groups' order."""
        return [route for group in self.groups if group.router is not None for route in group.router.routes]


class GroupLoader:
    """ASGI middleware that loads what a request needs before the router looks for its route.

    Args:
        app: what comes next.
        groups: the routes.
        router: gets the routes of loaded groups.
    """

    def __init__(self, app: "ASGIApp", groups: RouteGroups, router: "Router") -> None:
        self._app = app
        self._groups = groups
        self._router = router
        self._loaded = 0

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Serve one ASGI connection."""
        if scope["type"] == "http":
            loaded = self._groups.load(scope["path"])
            if loaded != self._loaded:
                self._router.routes[:] = self._groups.routes
                self._loaded = loaded
        await self._app(scope, receive, send)


def whole(router: APIRouter | RouteGroups) -> APIRouter:
    """All routes in one router, for who describes or tests them."""
    if isinstance(router, APIRouter):
        return router
    router.load()
    complete = APIRouter()
    complete.routes.extend(router.routes)
    return complete


class _Group:
    """One module's router and the paths it is needed for."""

    def __init__(self, source: str, paths: Sequence[str]) -> None:
        self.source = source
        self.paths = tuple(paths)
        self.router: APIRouter | None = None
        self._patterns = [path.split("/") for path in paths]

    def can_match(self, path: str) -> bool:
        """Whether the path has the segments of one of the group's; a named segment takes any value."""
        segments = path.split("/")
        return any(
            len(pattern) == len(segments)
            and all(wanted.startswith("{") or wanted == given for wanted, given in zip(pattern, segments, strict=True))
            for pattern in self._patterns
        )

    def load(self) -> None:
        """Import the module."""
        module, _, name = self.source.partition(":")
        self.router = getattr(importlib.import_module(module), name)
