"""The table of routes, filled by the modules of `resources`."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from stripe_local.protocol.errors import Json

Handler = Callable[..., Json]
F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Route:
    """One method and path.

    Args:
        method: HTTP method.
        pattern: Compiled path with named groups, handed to the handler.
        params: The SDK's parameter class for this request; None where no parameters are taken.
        handler: Called with the unit of work, the parameters and the path's values.
        publishable: Whether a publishable key may call it.
    """

    method: str
    pattern: re.Pattern[str]
    params: str | None
    handler: Handler
    publishable: bool = False


ROUTES: list[Route] = []
TIMERS: dict[str, Callable[..., None]] = {}


def route(method: str, path: str, params: str | None = None, *, publishable: bool = False) -> Callable[[F], F]:
    """Register a handler for a method and a path such as `/v1/charges/{charge}`."""
    pattern = re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path))

    def register(handler: F) -> F:
        ROUTES.append(Route(method, pattern, params, handler, publishable))
        return handler

    return register


def timer(action: str) -> Callable[[F], F]:
    """Register what happens when a timer of this name goes off; called with the unit of work and the target id."""

    def register(handler: F) -> F:
        TIMERS[action] = handler
        return handler

    return register


def match(routes: Sequence[Route], method: str, path: str) -> tuple[Route, dict[str, str]] | None:
    """The route for a request and the values in its path."""
    for candidate in routes:
        found = candidate.pattern.fullmatch(path) if candidate.method == method else None
        if found:
            return candidate, found.groupdict()
    return None
