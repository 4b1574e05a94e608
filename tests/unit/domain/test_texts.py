"""Text that people write."""

from __future__ import annotations

from typing import Annotated, Any

import pytest
from common.domain.texts import NAME, PROSE, TITLE
from pydantic import TypeAdapter, ValidationError


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
        ("\N{ZERO WIDTH SPACE}" * 3, True, False, False),
        ("\N{PILE OF POO}", True, False, False),
        ("a\x00b", False, False, False),
        ("a\x1b[31m", False, False, False),
        ("a\x85b", False, False, False),
        ("invoice\N{RIGHT-TO-LEFT OVERRIDE}fdp.exe", False, False, False),
        ("\N{LEFT-TO-RIGHT ISOLATE}a", False, False, False),
    ],
)
def test_text_holds_nothing_unseen(text: str, *, prose: bool, title: bool, name: bool) -> None:
    assert (takes(PROSE, text), takes(TITLE, text), takes(NAME, text)) == (prose, title, name)


def test_a_fields_own_limits_come_first() -> None:
    field: TypeAdapter[Any] = TypeAdapter(Annotated[str, PROSE])
    assert field.json_schema() == {"type": "string"}
