"""What makes the description of an operation worth reading: words, who may call it, what can go wrong, examples."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from common.runtime.http import idempotency
from common.runtime.http.idempotency import IdempotentRoute
from common.runtime.http.problems import CODES
from jsonschema import Draft202012Validator

from infra.applications import FUNCTIONS
from infra.docs.error_codes import codes_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fastapi.routing import APIRoute

#: Written by ``python -m infra.docs.examples`` from what tests asked and were answered.
EXAMPLES = FUNCTIONS.parent / "infra" / "docs" / "examples.json"
REFUSAL = {"$ref": "#/components/responses/Refused"}
JSON = "application/json"
PROBLEM = "application/problem+json"
#: The operation and the code whose refusal shows what all look like.
REFUSED = ("post_booking", "slot_unavailable")
_REFUSED_STATUS = "409"
#: Whatever is asked: no time, no database, or a mistake of ours.
_ALWAYS = {"unavailable", "database_unavailable", "out_of_time", "internal_error"}
#: What can be wrong with a request that says anything: its shape, or a body.
_OF_INPUT = {"invalid_input"}
_OF_BODIES = {CODES[400], CODES[413]}
_OF_KEYS = {"idempotency_key_reused", "idempotency_in_flight"}
#: The end of a summary's sentence, or what only adds to it.
_END = re.compile(r"(?<=[\w`)])[.;:](?=\s|$)")


def refusals() -> dict[str, Any]:
    """The shared answers of everything that is refused or fails."""
    shown = examples().get(REFUSED[0], {}).get("responses", {}).get(_REFUSED_STATUS, {})
    example = {"example": shown[PROBLEM]} if PROBLEM in shown else {}
    problem = {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}, **example}}
    return {"Refused": {"description": "Refused or failed, as a problem document (RFC 9457)", "content": problem}}


def summarize(operation: dict[str, Any]) -> None:
    """Take the summary from the handler's own words, whose first sentence says what one does with it."""
    words = " ".join(operation["description"].split("\n\n")[0].split()).replace("``", "`")
    end = _END.search(words)
    operation["summary"] = words[: end.start()] if end else words.rstrip(".")


def say_who_may_call(operation: dict[str, Any]) -> None:
    """Mark what anybody may call: it needs no security."""
    operation.setdefault("security", [])


def describe_errors(operation: dict[str, Any], route: APIRoute, dependencies: Sequence[Any], seen: set[str]) -> None:
    """Publish the codes of errors: those that the code can make, and those that tests were answered.

    Args:
        operation: the operation, changed in place.
        route: its route.
        dependencies: what the route calls before its handler.
        seen: the codes of its examples.
    """
    codes = codes_of([route.endpoint, *dependencies]) | _ALWAYS | seen
    if operation.get("parameters") or "requestBody" in operation:
        codes |= _OF_INPUT
    if "requestBody" in operation:
        codes |= _OF_BODIES
    if isinstance(route, IdempotentRoute) and not (route.methods or set()) <= {"GET"}:
        codes |= codes_of([idempotency._handle_once]) | _OF_KEYS  # noqa: SLF001 - what stands around the handler
    operation["x-error-codes"] = sorted(codes)
    operation["responses"] |= {"4XX": REFUSAL, "default": REFUSAL}


def examples() -> dict[str, dict[str, Any]]:
    """What tests asked and were answered, by operation: ``request``, ``responses`` by status and type, ``codes``."""
    return dict(json.loads(EXAMPLES.read_text(encoding="utf-8"))) if EXAMPLES.is_file() else {}


def show_example(operation: dict[str, Any], found: dict[str, Any]) -> None:
    """Put what a test sent, and what it was answered, beside their schemas."""
    body = operation.get("requestBody", {}).get("content", {}).get(JSON)
    if body is not None and "request" in found:
        body["example"] = found["request"]
    for status, answers in found.get("responses", {}).items():
        contents = operation["responses"].get(status, {}).get("content", {})
        for media in contents.keys() & answers.keys():
            contents[media]["example"] = answers[media]


def drop_stale_examples(document: dict[str, Any]) -> None:
    """Leave out examples that were recorded before their schemas were changed; ``make examples`` brings them back."""
    components = {"components": document["components"]}
    for item in document["paths"].values():
        for operation in item.values():
            for each in (operation.get("requestBody", {}), *operation["responses"].values()):
                for content in each.get("content", {}).values():
                    schema = {**content.get("schema", {}), **components}
                    if "example" in content and not Draft202012Validator(schema).is_valid(content["example"]):
                        del content["example"]
