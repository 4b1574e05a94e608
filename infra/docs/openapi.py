"""Writes the OpenAPI document of all functions: ``python -m infra.docs.openapi [--check]``.

The document is kept in the repository as ``functions/system/openapi.json``, where the system function serves it; a
test and ``--check`` fail when it no longer says what the routes do.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from common.runtime.http.schemas import Problem
from fastapi import FastAPI

from infra import applications
from infra.docs import generated
from infra.docs.openapi_extras import describe_routes, with_short_schema_names
from infra.docs.openapi_operations import drop_stale_examples, refusals
from infra.docs.openapi_schemas import require_what_answers_have

if TYPE_CHECKING:
    from fastapi.routing import APIRoute

TARGET = applications.FUNCTIONS / "system" / "openapi.json"
VERSION = "1.0.0"
SUMMARY = "Find, book, pay and rate local services."
DESCRIPTION = """Money is in minor units; instants are UTC. What needs a token says so under `security`.
`x-error-codes` of an operation are the codes that its refusals can have."""
#: The served document names its own address instead (``functions/system/openapi_document.py``).
SERVERS = [{"url": "/", "description": "Where this document is served"}]
LICENSE = {"name": "Apache 2.0", "identifier": "Apache-2.0"}


def build() -> dict[str, Any]:
    """Merge the routes of all functions into one document, in a stable order."""
    app = FastAPI(
        title="GigSta API",
        version=VERSION,
        summary=SUMMARY,
        description=DESCRIPTION,
        license_info=LICENSE,
        servers=SERVERS,
        generate_unique_id_function=_operation_id,
        separate_input_output_schemas=False,
    )
    for area in applications.areas():
        app.include_router(applications.router(area))
    document = app.openapi()
    describe_routes(document, app.routes)
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    schemas["Problem"] = _problem_schema(schemas)
    document["components"]["responses"] = refusals()
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    document["paths"] = dict(sorted(document["paths"].items()))
    document = with_short_schema_names(document)
    require_what_answers_have(document, but=("Problem",))
    document["components"]["schemas"] = dict(sorted(document["components"]["schemas"].items()))
    drop_stale_examples(document)
    return document


def render() -> str:
    """The document as it is stored."""
    return json.dumps(build(), indent=1, ensure_ascii=False) + "\n"


def _operation_id(route: APIRoute) -> str:
    """The handler's name: unique, because a test says so, and good to read in generated clients."""
    return route.name


def _problem_schema(schemas: dict[str, Any]) -> dict[str, Any]:
    schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(schema.pop("$defs", {}))
    # Some problems say more, such as the actions that are available instead (RFC 9457 section 3.2).
    return {**schema, "additionalProperties": True}


def main(arguments: list[str]) -> int:
    """Write the document, or with ``--check`` only say whether it is up to date; returns the exit code."""
    return generated.write_or_check(TARGET, render(), "infra.docs.openapi", arguments)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
