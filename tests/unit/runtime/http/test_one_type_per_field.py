"""What is called the same in requests is checked the same, whichever function takes it."""

from __future__ import annotations

from importlib import import_module
from pkgutil import walk_packages
from typing import Annotated, Any

import pytest
from common.runtime.http.schemas import RequestModel
from pydantic import TypeAdapter, ValidationError

import functions

_NO_LINE = ["two\nlines", "\u202e\u200b", "nul\x00byte", "", " "]
_NO_NAME = [*_NO_LINE, "a" * 121, "<b>", "see https://evil.example", "tom@example.org", "ring 021 123 4567", "!!"]
#: By a field's name: what no request may take, and what every one does.
RULES: dict[str, tuple[list[str], list[str]]] = {
    "full_name": (_NO_NAME, ["Aroha Ngata", "李小龙"]),
    "trading_name": (_NO_NAME, ["Fisher Garden Care"]),
    "timezone": (["localtime", "Factory", "Mars/Base", "", "x" * 99], ["Pacific/Auckland", "UTC"]),
    "address": (["", "x", "y" * 301, "\u200b\u202e\u200b", "1 Queen\x00 Street"], ["1 Queen Street"]),
    "phone_number": (["", "1", "0" * 33], ["+64 21 123 4567"]),
}


def _request_models() -> set[type[RequestModel]]:
    for module in walk_packages(functions.__path__, "functions."):
        if module.name.endswith("schemas"):
            import_module(module.name)
    found, waiting = set[type[RequestModel]](), [RequestModel]
    while waiting:
        below = waiting.pop().__subclasses__()
        found.update(below)
        waiting.extend(below)
    return found


def _fields_called(name: str) -> list[Any]:
    return [model.model_fields[name] for model in _request_models() if name in model.model_fields]


def _takes(field: Any, value: str) -> bool:
    try:
        TypeAdapter(Annotated[field.annotation, "as the request has it", *field.metadata]).validate_python(value)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize("name", RULES)
def test_every_request_checks_a_field_by_the_one_rule_of_its_name(name: str) -> None:
    refused, taken = RULES[name]
    fields = _fields_called(name)
    assert fields
    for field in fields:
        assert [value for value in refused if _takes(field, value)] == []
        assert [value for value in taken if not _takes(field, value)] == []
