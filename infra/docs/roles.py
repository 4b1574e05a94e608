"""Write ``docs/roles.md`` from the table of permissions and the routes (``python -m infra.docs.roles``)."""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from common.domain.identity.permissions import RULES, Permission, roles_with
from common.domain.identity.roles import Role
from common.runtime.http.dependencies import Permitted
from fastapi.routing import APIRoute

from infra import applications
from infra.docs import generated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi.dependencies.models import Dependant

PAGE = Path(__file__).parents[2] / "docs" / "roles.md"
STAFF = (Role.MODERATOR, Role.OPERATOR, Role.ADMIN, Role.SUPER_ADMIN)
_INTRODUCTION = """# Who of staff may do what

Generated from `common.domain.identity.permissions` by `python -m infra.docs.roles`; do not edit.

Every route asks for one permission, and a test calls every route with every role. A staff role counts only with a
second factor; nobody decides in a matter of their own, whatever the role; what a person decided is judged on appeal by
another one, and a ban takes two people.
"""


def permissions_of(dependant: Dependant) -> Iterator[Permission]:
    """The permissions that a route asks for."""
    if isinstance(dependant.call, Permitted):
        yield dependant.call.permission
    for inner in dependant.dependencies:
        yield from permissions_of(inner)


def routes_by_permission() -> dict[Permission, list[str]]:
    """Methods and paths of the routes that ask for each permission."""
    found: dict[Permission, list[str]] = defaultdict(list)
    for area in applications.areas():
        for route in applications.router(area).routes:
            if isinstance(route, APIRoute):
                for permission in permissions_of(route.dependant):
                    found[permission] += [f"{method} {route.path}" for method in sorted(route.methods or ())]
    return {permission: sorted(routes) for permission, routes in found.items()}


def render() -> str:
    """The page."""
    lines = [
        _INTRODUCTION,
        "| permission | lets somebody | " + " | ".join(STAFF) + " |",
        "|---" * (2 + len(STAFF)) + "|",
    ]
    for permission, rule in RULES.items():
        cells = ["yes" if role in roles_with(permission) else "" for role in STAFF]
        lines.append(f"| `{permission}` | {rule.meaning} | " + " | ".join(cells) + " |")
    lines += ["", "| permission | routes |", "|---|---|"]
    routes = routes_by_permission()
    for permission in RULES:
        if permission in routes:
            lines.append(f"| `{permission}` | " + "<br>".join(f"`{each}`" for each in routes[permission]) + " |")
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> int:
    """Write the page, or with ``--check`` only compare it; returns the exit status."""
    return generated.write_or_check(PAGE, render(), "infra.docs.roles", arguments)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
