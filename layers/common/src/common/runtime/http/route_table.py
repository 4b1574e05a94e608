"""All routes of a function as one, found by parts of the path instead of one after another."""

from collections.abc import Sequence

from starlette.routing import BaseRoute, Match, Route
from starlette.types import Receive, Scope, Send

#: Where the scope holds the route that was found.
_FOUND = "gigsta.route"
_Key = tuple[int, str]


class RouteTable(BaseRoute):
    """Tries the routes that the length and the second part of the path leave, in their own order.

    Args:
        routes: tried in this order; of any kind.
    """

    def __init__(self, routes: Sequence[BaseRoute]) -> None:
        keys = [_key_of(route) for route in routes]
        self._others = [route for route, key in zip(routes, keys, strict=True) if key is None]
        self._lists = {
            key: [route for route, own in zip(routes, keys, strict=True) if own in {key, None}]
            for key in keys
            if key is not None
        }

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """The first route that takes path and method, or else the first one that takes the path."""
        partly: Scope | None = None
        for route in self._lists.get(_key(scope["path"]), self._others):
            match, found = route.matches(scope)
            if match is Match.FULL:
                return match, {**found, _FOUND: route}
            if match is Match.PARTIAL and partly is None:
                partly = {**found, _FOUND: route}
        return (Match.NONE, {}) if partly is None else (Match.PARTIAL, partly)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Have the route that was found answer."""
        await scope[_FOUND].handle(scope, receive, send)


def _key_of(route: BaseRoute) -> _Key | None:
    """What every path of a route has in common; ``None`` where that is less than the table asks for."""
    if not isinstance(route, Route):
        return None
    first, second, *_ = (*route.path.split("/", 3)[1:3], "", "")
    # A parameter of a type of its own may take several parts of the path.
    return None if "{" in first + second or ":" in route.path else _key(route.path)


def _key(path: str) -> _Key:
    parts = path.split("/", 3)
    return path.count("/"), parts[2] if len(parts) > 2 else ""  # noqa: PLR2004 - the second part, after the first slash
