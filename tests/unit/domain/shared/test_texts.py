"""Text that people write."""

from __future__ import annotations

from typing import Annotated, Any

import pytest
from common.domain.shared.texts import NAME, PARSED, PROSE, TITLE, tidy, without_unseen
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, TypeAdapter, ValidationError


def takes(rule: object, text: str) -> bool:
    try:
        return bool(TypeAdapter(Annotated[str, rule]).validate_python(text) == text)
    except ValidationError:
        return False


@pytest.mark.parametrize(
    ("text", "prose", "title", "name"),
    [
        ("", True, False, False),
        ("Two lines\nof \ttext\r\n", True, False, False),
        ("Hair & beauty: 5 % off <b>", True, True, False),
        ("Ngāti Whātua 李 \N{FAMILY}", True, True, True),
        ("क\u200dष", True, True, True),
        ("علی\u200cرضا", True, True, True),
        ("葛\U000e0100城", True, True, True),
        ("Plumber \N{WOMAN}\u200d\N{WRENCH}\ufe0f 24/7", True, True, True),
        ("1\ufe0f\u20e3 \N{HEAVY BLACK HEART}\ufe0f", True, True, True),
        ("\U0001f3f4\U000e0067\U000e0062\U000e007f Anna", True, True, True),
        ("\N{PILE OF POO}", True, False, False),
        ("a\x00b", False, False, False),
        ("a\x1b[31m", False, False, False),
        ("a\x85b", False, False, False),
    ],
)
def test_what_is_seen_is_kept_as_written(text: str, *, prose: bool, title: bool, name: bool) -> None:
    assert (takes(PROSE, text), takes(TITLE, text), takes(NAME, text)) == (prose, title, name)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("invoice\N{RIGHT-TO-LEFT OVERRIDE}fdp.exe", "invoicefdp.exe"),
        ("\N{LEFT-TO-RIGHT ISOLATE}Anna\N{POP DIRECTIONAL ISOLATE}", "Anna"),
        ("An\N{ZERO WIDTH SPACE}na\u200d", "Anna"),
        ("021\ufe0d 123\ufe0f 4567", "021 123 4567"),
        ("Anna\U000e0041\U000e0042", "Anna"),
        ("An\u200dna \u200cB\u3164", "Anna B"),
        ("lone \ud83d half", "lone  half"),
    ],
)
def test_what_is_not_seen_is_taken_out_of_every_text(text: str, left: str) -> None:
    assert without_unseen(text) == left
    for rule in (PROSE, TITLE, NAME):
        assert TypeAdapter(Annotated[str, rule]).validate_python(text) == left


def test_a_fields_own_limits_are_for_what_is_left() -> None:
    field: TypeAdapter[Any] = TypeAdapter(Annotated[str, Field(min_length=3, max_length=4), PROSE])
    assert field.json_schema() == {"type": "string", "minLength": 3, "maxLength": 4}
    assert field.validate_python("A\u200bn\u200bn\u200ba\u200b") == "Anna"
    with pytest.raises(ValidationError):
        field.validate_python("\u200b" * 3)


@given(st.text())
def test_taking_out_twice_takes_out_nothing_more(text: str) -> None:
    assert without_unseen(without_unseen(text)) == without_unseen(text)
    assert tidy(tidy(text)) == tidy(text)
    assert without_unseen(tidy(text)) == without_unseen(text)


def test_what_programs_read_has_one_width() -> None:
    assert TypeAdapter(Annotated[str, PARSED]).validate_python(" １２３\ufe0d４５６ ") == "123456"
