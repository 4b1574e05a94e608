"""Where staff's words for somebody are looked for."""

from __future__ import annotations

import pytest
from common.domain.identity.people_search import Looked, begins, family_name, stages_of


@pytest.mark.parametrize(
    ("typed", "looked"),
    [
        ("", []),
        ("  ", []),
        ("mere", [(Looked.MAIL, "mere"), (Looked.NAME, "mere"), (Looked.FAMILY_NAME, "mere")]),
        ("Mere  Ta", [(Looked.NAME, "Mere Ta"), (Looked.FAMILY_NAME, "Mere Ta")]),
        ("Mere@Ex", [(Looked.MAIL, "mere@ex")]),
        ("+64 21 12", [(Looked.PHONE, "+642112")]),
        ("021 (12)", [(Looked.PHONE, "+642112"), (Looked.PHONE, "+612112")]),
        ("6421", [(Looked.PHONE, "+6421")]),
        ("usr_01jd3h8z6q4w0v9x2c5b7n1m3k", [(Looked.ID, "usr_01jd3h8z6q4w0v9x2c5b7n1m3k")]),
        ("42", [(Looked.MAIL, "42"), (Looked.NAME, "42"), (Looked.FAMILY_NAME, "42")]),
    ],
)
def test_a_word_is_looked_for_where_it_can_be(typed: str, looked: list[tuple[Looked, str]]) -> None:
    assert [(each.field, each.beginning) for each in stages_of(typed)] == looked


def test_the_last_of_several_words_is_the_family_name() -> None:
    assert [family_name(each) for each in ("", "Mere", "Mere Anne  Tāne")] == ["", "", "Tāne"]
    assert begins("Zoë Ngāta", "zoe n")
    assert not begins("Zoë", "zo n")
