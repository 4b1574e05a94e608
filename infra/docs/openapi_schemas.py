"""Which members of answers are always there."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

_REFERENCE = re.compile(r'"#/components/schemas/(\w+)"')


def require_what_answers_have(document: dict[str, Any], *, but: Collection[str]) -> None:
    """Require every member of the schemas that only answers use.

    A default makes a member of a request optional. In an answer it is always written, and a generated client that has
    to ask whether it is there is worse for it.

    Args:
        document: The OpenAPI document, changed in place.
        but: Schemas whose answers leave out what they do not need.
    """
    schemas: dict[str, Any] = document["components"]["schemas"]
    operations = [operation for item in document["paths"].values() for operation in item.values()]
    sent = _reachable(
        schemas, ([operation.get("requestBody"), operation.get("parameters")] for operation in operations)
    )
    for name, schema in schemas.items():
        if "properties" in schema and name not in sent and name not in but:
            schema["required"] = list(schema["properties"])


def _reachable(schemas: dict[str, Any], roots: Iterable[Any]) -> set[str]:
    found: set[str] = set()
    waiting = [name for root in roots for name in _references(root)]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(_references(schemas[name]))
    return found


def _references(part: Any) -> set[str]:
    return set(_REFERENCE.findall(json.dumps(part)))
