"""A value of another form is told of in words."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from common.domain.shared.forms import FORMS, in_words
from common.domain.shared.money import Money
from pydantic import ValidationError

from infra.build.targets import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator


def _patterns(node: Any) -> Iterator[str]:
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    if isinstance(node, dict) and isinstance(node.get("pattern"), str):
        yield node["pattern"]
    for child in children:
        yield from _patterns(child)


def test_every_pattern_of_the_api_has_words_and_no_other() -> None:
    assert set(FORMS) == set(_patterns(json.loads((ROOT / "functions/system/openapi.json").read_text())))


def test_words_stand_in_place_of_the_pattern() -> None:
    with pytest.raises(ValidationError) as refused:
        Money.model_validate({"amount": 1, "currency": "NZD"})
    (error,) = refused.value.errors()

    assert "ISO 4217" in in_words(error)
    assert in_words({"type": "string_too_short", "ctx": {"min_length": 3}}) == "Write at least 3 characters."
    assert in_words({"type": "string_too_short", "ctx": {"min_length": 1}}) == "Write something here."
    assert in_words({"type": "less_than_equal", "ctx": {"le": 50}}) == "Send 50 or less."
    assert "^" not in in_words({**error, "ctx": {"pattern": "^unknown$"}})
