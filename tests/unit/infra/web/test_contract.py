"""Which changes of the API break a published client, and what its version has to say then."""

from __future__ import annotations

import copy
import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from infra.web import client, released
from infra.web.contract import breaks, contract_of, dumped, loaded
from infra.web.node import NodeError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_THING = {"$ref": "#/components/schemas/Thing"}
_KIND = {"$ref": "#/components/schemas/Kind"}
DOCUMENT: dict[str, Any] = {
    "paths": {
        "/v1/things": {
            "post": {
                "operationId": "make_thing",
                "x-error-codes": ["invalid_input", "too_many"],
                "parameters": [{"name": "dry", "in": "query", "required": False, "schema": {"type": "boolean"}}],
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/NewThing"}}},
                },
                "responses": {"201": {"content": {"application/json": {"schema": _THING}}}},
            },
            "get": {
                "operationId": "list_things",
                "x-error-codes": ["invalid_input"],
                "responses": {"200": {"content": {"application/json": {"schema": {"type": "array", "items": _THING}}}}},
            },
        }
    },
    "components": {
        "schemas": {
            "NewThing": {
                "properties": {
                    "name": {"type": "string"},
                    "kind": _KIND,
                    "size": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
                },
                "required": ["name"],
            },
            "Thing": {
                "properties": {"id": {"type": "string"}, "kinds": {"type": "array", "items": _KIND}},
                "required": ["id"],
            },
            "Kind": {"type": "string", "enum": ["small", "large"]},
        }
    },
}


def _changed(change: Callable[[dict[str, Any], dict[str, Any]], object]) -> list[str]:
    """What breaks where paths and schemas are changed."""
    document = copy.deepcopy(DOCUMENT)
    change(document["paths"]["/v1/things"], document["components"]["schemas"])
    return breaks(contract_of(DOCUMENT), contract_of(document))


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (lambda paths, _: paths.pop("get"), "GET /v1/things is gone"),
        (lambda paths, _: paths["get"].update(operationId="all"), "GET /v1/things is called all"),
        (lambda paths, _: paths["post"].update({"x-error-codes": ["invalid_input"]}), "no error has the code too_many"),
        (lambda paths, _: paths["post"].update(parameters=[]), "POST /v1/things: query dry is gone"),
        (
            lambda paths, _: paths["get"].update(
                parameters=[{"name": "q", "in": "query", "required": True, "schema": {"type": "string"}}]
            ),
            "GET /v1/things: query q is new and required",
        ),
        (
            lambda paths, _: paths["get"]["responses"].update({"200": {}}),
            "GET /v1/things: 200 application/json is gone",
        ),
        (lambda _, schemas: schemas["NewThing"]["required"].append("kind"), "NewThing: kind is required now"),
        (lambda _, schemas: schemas["NewThing"]["properties"].pop("size"), "NewThing: size is gone"),
        (
            lambda _, schemas: schemas["NewThing"]["properties"].update(size={"type": "integer"}),
            "NewThing: size does not take null any more",
        ),
        (
            lambda _, schemas: schemas["Kind"].update(enum=["small"]),
            'Kind: it does not take "large" any more',
        ),
        (lambda _, schemas: schemas["Thing"]["required"].remove("id"), "Thing: id may be missing now"),
        (
            lambda _, schemas: schemas["Thing"]["properties"].update(id={"type": ["string", "null"]}),
            "Thing: id can be null now",
        ),
    ],
)
def test_what_breaks_is_named(change: Callable[[dict[str, Any], dict[str, Any]], object], line: str) -> None:
    assert _changed(change) == [line]


@pytest.mark.parametrize(
    "change",
    [
        lambda paths, _: paths.update(delete={**paths["get"], "operationId": "delete_things"}),
        lambda paths, _: paths["get"].update({"x-error-codes": ["invalid_input", "new"]}),
        lambda paths, _: paths["get"].update(
            parameters=[{"name": "q", "in": "query", "required": False, "schema": {"type": "string"}}]
        ),
        lambda _, schemas: schemas["NewThing"]["properties"].update(note={"type": "string"}),
        lambda _, schemas: schemas["NewThing"]["properties"].update(size={"type": ["number", "null"]}),
        lambda _, schemas: schemas["NewThing"].update(required=[]),
        lambda _, schemas: schemas["NewThing"]["properties"]["name"].update(maxLength=3, description="Short."),
        lambda _, schemas: schemas["Kind"]["enum"].append("huge"),
        lambda _, schemas: schemas["Thing"]["required"].append("kinds"),
        lambda _, schemas: schemas["Thing"]["properties"].update(more={"type": "string"}),
        lambda _, schemas: schemas.update(Other={"properties": {"a": {"type": "string"}}, "required": ["a"]}),
    ],
)
def test_what_only_adds_breaks_nothing(change: Callable[[dict[str, Any], dict[str, Any]], object]) -> None:
    assert _changed(change) == []


def test_a_contract_is_the_same_after_it_was_stored() -> None:
    contract = released.present()
    assert loaded(json.loads(json.dumps(dumped(contract)))) == contract
    assert breaks(contract, contract) == []


@pytest.mark.parametrize(
    ("before", "now", "may_break"),
    [
        ("0.1.0", "0.1.0", False), ("0.1.0", "0.1.1", False), ("0.1.0", "0.2.0", True), ("0.9.0", "1.0.0", True),
        ("1.2.3", "1.3.0", False), ("1.2.3", "2.0.0", True), ("1.2.3", "0.9.0", False),
        (None, "0.1.0", False),
    ],
)  # fmt: skip
def test_a_version_says_that_it_breaks(before: str | None, now: str, *, may_break: bool) -> None:
    assert (released.fault_of(before, now, ["a is gone"]) is None) is may_break
    assert released.fault_of(before, now, []) is None


def test_the_api_keeps_what_the_released_client_promises() -> None:
    released.check()


def test_before_the_first_release_a_change_that_is_meant_is_noted_and_after_it_the_promise_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "released.json"
    monkeypatch.setattr(released, "FILE", file)
    stored = dumped(released.present())
    file.write_text(json.dumps({"version": None, **stored, "codes": [*stored["codes"], "was_there"]}), encoding="utf-8")
    with pytest.raises(NodeError, match=r"first @gigsta/client .*promised`:\n  no error has the code was_there"):
        released.check()
    released.note_unpublished()
    released.check()

    released.note()
    assert json.loads(file.read_text(encoding="utf-8"))["version"] == released.version()
    with pytest.raises(NodeError, match="is published"):
        released.note_unpublished()


def test_the_client_repeats_no_post_that_honours_no_idempotency_key() -> None:
    source = (client.FOLDER / "src" / "sending.ts").read_text(encoding="utf-8")
    pattern = re.search(r"UNKEYED = /(.*)/$", source, re.MULTILINE)
    assert pattern is not None
    unkeyed = re.compile(pattern[1])
    document = json.loads(client.DOCUMENT.read_bytes())
    posts = {path: item["post"] for path, item in document["paths"].items() if "post" in item}
    keyed = {
        path
        for path, each in posts.items()
        if any(parameter["name"].casefold() == "idempotency-key" for parameter in each.get("parameters", ()))
    }
    repeated = {path for path in posts if not unkeyed.search(f"/behind/a/prefix{path}")}
    # Confirming reads how the payment stands; it does nothing twice.
    assert repeated == keyed | {"/v1/bookings/{id}/payment/confirm"}
