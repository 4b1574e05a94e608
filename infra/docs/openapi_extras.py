"""What the framework cannot know of our routes: good schema names, keys that are honoured, tokens that are optional."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from common.runtime.http.dependencies import Caller, MaybeCaller
from common.runtime.http.idempotency import IdempotentRoute
from fastapi.routing import APIRoute, iter_route_contexts

from infra.docs.openapi_operations import describe_errors, examples, say_who_may_call, show_example, summarize

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fastapi.dependencies.models import Dependant
    from starlette.routing import BaseRoute

_REFERENCE = "#/components/schemas/"
#: How the framework tells apart models of one name: by the whole path of their module.
_MODULE_NAME = re.compile(r"functions__(?P<area>[a-z]+)__(?:[a-z_]+__)?(?P<name>[A-Z]\w*)")

_IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
    "description": (
        "Makes it safe to send the request again: the same key and body replay the first answer for 24 hours, with "
        "`Idempotent-Replayed: true`. With another body it is refused (422 `idempotency_key_reused`), and while the "
        "first request is still worked on, too (409 `idempotency_in_flight`)."
    ),
}


def with_short_schema_names(document: dict[str, Any]) -> dict[str, Any]:
    """Name schemas for people and generated clients: ``AuthUserView``, not the path of a module.

    Raises:
        ValueError: two schemas would get one name.
    """
    schemas: dict[str, Any] = document["components"]["schemas"]
    short = {name: _short_name(name) for name in schemas}
    if len(set(short.values())) != len(short):
        twice = sorted(name for name in short.values() if list(short.values()).count(name) > 1)
        raise ValueError(f"Give these models names of their own: {', '.join(twice)}")
    text = json.dumps(document)
    for name, new in short.items():
        text = text.replace(f'"{_REFERENCE}{name}"', f'"{_REFERENCE}{new}"')
    renamed: dict[str, Any] = json.loads(text)
    renamed["components"]["schemas"] = {
        short[name]: {**schema, "title": short[name]} if "title" in schema else schema
        for name, schema in renamed["components"]["schemas"].items()
    }
    return renamed


def _short_name(name: str) -> str:
    found = _MODULE_NAME.fullmatch(name)
    return f"{found['area'].capitalize()}{found['name']}" if found else name


def describe_routes(document: dict[str, Any], routes: Sequence[BaseRoute]) -> None:
    """Write into the document what each route's own kind and dependencies say about it."""
    found = examples()
    for context in iter_route_contexts(routes):
        route = context.original_route
        if not isinstance(route, APIRoute) or not route.include_in_schema:
            continue
        for method in route.methods or ():
            operation = document["paths"][context.path_format][method.lower()]
            if method == "POST" and isinstance(route, IdempotentRoute):
                _take_idempotency_key(operation)
            _take_query_models(document, operation, route.dependant)
            if _may_be_anonymous(route.dependant):
                operation["security"] = [{}, *operation.get("security", [])]
            if "HTTPValidationError" in json.dumps(operation["responses"].get("422", {})):
                del operation["responses"]["422"]  # the framework's own shape, which is never answered
            example = found.get(operation["operationId"], {})
            summarize(operation)
            say_who_may_call(operation)
            dependencies = [each.call for each in _tree(route.dependant) if each.call is not None]
            describe_errors(operation, route, dependencies, set(example.get("codes", ())))
            show_example(operation, example)


def _take_idempotency_key(operation: dict[str, Any]) -> None:
    others = [each for each in operation.get("parameters", []) if each["name"].lower() != "idempotency-key"]
    operation["parameters"] = [*others, _IDEMPOTENCY_KEY]


def _take_query_models(document: dict[str, Any], operation: dict[str, Any], dependant: Dependant) -> None:
    """Describe the parameters of queries that are read by ``query_of``."""
    for each in _tree(dependant):
        model = getattr(each.call, "query_model", None)
        if model is None:
            continue
        schema = model.model_json_schema(ref_template=_REFERENCE + "{model}")
        document["components"]["schemas"].update(schema.get("$defs", {}))
        required = schema.get("required", ())
        operation["parameters"] = [
            *operation.get("parameters", []),
            *(_parameter(name, field, is_required=name in required) for name, field in schema["properties"].items()),
        ]


def _parameter(name: str, field: dict[str, Any], *, is_required: bool) -> dict[str, Any]:
    schema = {key: value for key, value in field.items() if (key, value) != ("default", None)}
    described = {"description": field["description"]} if "description" in field else {}
    return {"name": name, "in": "query", "required": is_required, "schema": schema, **described}


def _may_be_anonymous(dependant: Dependant) -> bool:
    """A route that reads the token where there is one, and demands none."""
    calls = [each.call for each in _tree(dependant)]
    return any(isinstance(call, MaybeCaller) for call in calls) and not any(isinstance(call, Caller) for call in calls)


def _tree(dependant: Dependant) -> Iterator[Dependant]:
    yield dependant
    for each in dependant.dependencies:
        yield from _tree(each)
