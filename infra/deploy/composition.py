"""What is deployed, anywhere: ``template.yaml`` with its loops written out, and with what is taken from the code.

``python -m infra.deploy.composition`` prints it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from infra.build.builder import TEMPLATE
from infra.deploy import loops, roles, routes
from infra.deploy import template as templates

if TYPE_CHECKING:
    from pathlib import Path


def compose(path: Path = TEMPLATE) -> dict[str, Any]:
    """Return the whole template: loops written out, the API's routes from the code, a role for each function.

    Args:
        path: The template as people write it.

    Raises:
        RouteError: Code and template do not go together.
    """
    return roles.with_own_roles(routes.with_http_api(loops.expand(templates.load(path))))


if __name__ == "__main__":
    print(json.dumps(compose(), indent=1))
