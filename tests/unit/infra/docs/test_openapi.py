"""The API's description says what the routes do."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from common.runtime.http.schemas import ResponseModel
from fastapi import FastAPI
from jsonschema import Draft202012Validator

from infra import applications
from infra.docs.openapi import TARGET, build, render
from infra.docs.openapi_operations import REFUSAL

if TYPE_CHECKING:
    from pydantic.json_schema import JsonSchemaMode


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return build()


def _operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [(path, method, each) for path, item in document["paths"].items() for method, each in item.items()]


def test_the_stored_document_is_up_to_date() -> None:
    assert TARGET.read_text(encoding="utf-8") == render(), "run: python -m infra.docs.openapi"


def test_every_function_is_in_it(document: dict[str, Any]) -> None:
    for area in applications.areas():
        router = applications.router(area)
        paths = {path for path, _, _ in _operations(document)}
        app = FastAPI()
        app.include_router(router)
        shown = {path for path, _, _ in _operations(app.openapi())}
        assert shown
        assert shown <= paths


def test_every_operation_has_a_name_of_its_own_and_says_what_it_does(document: dict[str, Any]) -> None:
    names = Counter(operation["operationId"] for _, _, operation in _operations(document))
    assert [name for name, count in names.items() if count > 1] == []
    assert [path for path, _, operation in _operations(document) if not operation.get("description")] == []


def test_every_error_is_a_problem_document(document: dict[str, Any]) -> None:
    for path, method, operation in _operations(document):
        answers = {json.dumps(operation["responses"][kind]) for kind in ("4XX", "default")}
        assert answers == {json.dumps(REFUSAL)}, f"{method} {path}"
    assert list(document["components"]["responses"]["Refused"]["content"]) == ["application/problem+json"]
    assert "HTTPValidationError" not in json.dumps(document)


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    schemas = set(document["components"]["schemas"])
    used = set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(document)))
    assert used <= schemas


@pytest.mark.usefixtures("document")
def test_answers_are_sent_with_the_names_that_are_described() -> None:
    """One schema stands for what is read and what is sent, so a name for sending alone would stay untold."""
    untold = {
        model.__name__: sent - described
        for model in _kinds_of(ResponseModel)
        if (sent := _names(model, "serialization")) != (described := _names(model, "validation"))
    }
    assert untold == {}


def test_no_request_takes_unknown_fields(document: dict[str, Any]) -> None:
    loose = []
    for path, method, operation in _operations(document):
        body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
        name = body.get("$ref", "").rsplit("/", 1)[-1]
        if name and document["components"]["schemas"][name].get("additionalProperties") is not False:
            loose.append(f"{method} {path}")
    assert loose == []


def test_schemas_have_names_that_people_would_give(document: dict[str, Any]) -> None:
    assert [name for name in document["components"]["schemas"] if not re.fullmatch(r"[A-Z][A-Za-z0-9_]*", name)] == []
    assert [name for name in document["components"]["schemas"] if "__" in name] == []


def test_what_creates_something_honours_an_idempotency_key_and_says_so(document: dict[str, Any]) -> None:
    creating = [
        (path, operation)
        for path, method, operation in _operations(document)
        if method == "post" and "201" in operation["responses"]
    ]
    assert len(creating) > 10
    assert [path for path, operation in creating if "Idempotency-Key" not in _headers(operation)] == []


def test_a_token_is_described_as_optional_only_where_nobody_has_to_sign_in(document: dict[str, Any]) -> None:
    optional = {path for path, _, operation in _operations(document) if {} in operation.get("security", [])}
    assert "/v1/services/{service_id}" in optional
    assert "/v1/users/me" not in optional
    assert {"access_token": []} in document["paths"]["/v1/users/me"]["get"]["security"]


def test_every_operation_is_summarized_in_words_for_people(document: dict[str, Any]) -> None:
    summaries = [operation["summary"] for _, _, operation in _operations(document)]
    assert [each for each in summaries if not each[0].isupper() or "``" in each or len(each) > 110] == []
    assert document["paths"]["/v1/bookings"]["post"]["summary"] == "Book a free slot"
    assert document["info"]["license"]["identifier"] == "Apache-2.0"


def test_what_anybody_may_call_is_marked_so(document: dict[str, Any]) -> None:
    security = {f"{method} {path}": operation["security"] for path, method, operation in _operations(document)}
    assert security["get /v1/search/services"] == []
    assert security["post /v1/auth/login"] == []
    assert security["post /v1/bookings"] == [{"access_token": []}]


def test_codes_of_errors_are_followed_from_the_routes(document: dict[str, Any]) -> None:
    codes = {operation["operationId"]: set(operation["x-error-codes"]) for _, _, operation in _operations(document)}
    assert {"slot_unavailable", "own_service", "quote_required", "unauthenticated"} <= codes["post_booking"]
    assert {"idempotency_key_reused", "invalid_input", "payload_too_large"} <= codes["post_booking"]
    assert {"invalid_credentials", "factor_required", "rate_limited"} <= codes["log_in"]
    assert codes["get_health"] <= {"unavailable", "database_unavailable", "out_of_time", "internal_error"}
    assert not {"unauthenticated", "slot_unavailable"} & codes["search_services"]


def test_every_request_and_answer_is_shown_as_some_test_sent_it_and_was_given_it(document: dict[str, Any]) -> None:
    """One that no longer fits its schema is left out: record it anew (`make examples ARGS=<its tests>`)."""
    lacking = {
        f"{operation['operationId']} {where} {media}"
        for _, _, operation in _operations(document)
        for where, part in {"request": operation.get("requestBody", {}), **operation["responses"]}.items()
        for media, content in part.get("content", {}).items()
        if "example" not in content
    }
    assert lacking == set()
    empty = {
        operation["operationId"]
        for _, _, operation in _operations(document)
        for part in operation["responses"].values()
        for content in part.get("content", {}).values()
        if content["example"] in ([], {"items": [], "next_cursor": None})
    }
    assert empty == set()


def test_what_is_refused_is_shown_once_for_all(document: dict[str, Any]) -> None:
    (content,) = document["components"]["responses"]["Refused"]["content"].values()
    assert content["example"]["code"] == "slot_unavailable"
    schema = {**content["schema"], "components": document["components"]}
    assert Draft202012Validator(schema).is_valid(content["example"])


def _kinds_of(base: type[ResponseModel]) -> list[type[ResponseModel]]:
    return [each for kind in base.__subclasses__() for each in (kind, *_kinds_of(kind))]


def _names(model: type[ResponseModel], mode: JsonSchemaMode) -> set[str]:
    return set(model.model_json_schema(mode=mode).get("properties", {}))


def _headers(operation: dict[str, Any]) -> set[str]:
    return {each["name"] for each in operation.get("parameters", []) if each["in"] == "header"}
